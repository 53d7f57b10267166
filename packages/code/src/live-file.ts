import type { ModuleKind } from '@mailbeam/handler';
import { CodeError } from './errors.js';

/** A version that was live, or is about to be, as it stands in `live.json`. */
export interface VersionRecord {
  readonly version: string;
  readonly builtIn: boolean;
  /** Relative to the handlers directory; '' for what is built in. */
  readonly file: string;
  readonly hash: string;
  readonly inputs: readonly string[];
  readonly inputsHash: string;
  readonly loadedAt: number;
  readonly liveSince: number;
  readonly by: string;
}

/** A rollout under way: what is known of it after a death. */
export interface RolloutRecord {
  readonly to: VersionRecord;
  readonly canary: number;
  readonly gateMs: number;
  readonly by: string;
  /** What the old version did in the time before, for the gate of a rollout that goes on. */
  readonly before?: BeforeRecord;
}

export interface BeforeRecord {
  readonly handled: number;
  readonly crashes: number;
  readonly rejects: number;
  readonly depth?: number;
  /** Bucket and count, where the count is not 0. */
  readonly times: readonly (readonly [number, number])[];
}

export interface Quarantine {
  readonly version: string;
  readonly hash: string;
  readonly at: number;
  readonly reason: string;
}

export interface ModuleRecord {
  readonly kind: ModuleKind;
  readonly name: string;
  /** What was live, oldest first; the last is live. Empty where every version is quarantined. */
  readonly chain: readonly VersionRecord[];
  readonly rollout?: RolloutRecord;
  /** Every version that was ever let in, newest last, with the hash of its source. */
  readonly used: readonly (readonly [version: string, hash: string])[];
  readonly quarantined: readonly Quarantine[];
}

/** A version that took the node down. */
export interface Death {
  readonly at: number;
  readonly name: string;
  readonly version: string;
}

/** `DATA/code/live.json`: all that a start needs to know. */
export interface LiveFile {
  readonly format: 1;
  readonly modules: readonly ModuleRecord[];
  readonly deaths: readonly Death[];
}

export const emptyLiveFile: LiveFile = Object.freeze({ format: 1, modules: [], deaths: [] });

/** @throws CodeError `bad_directory` for what another program wrote */
export function readLiveFile(text: string): LiveFile {
  let read: Partial<LiveFile> | null;
  try {
    read = JSON.parse(text) as Partial<LiveFile> | null;
  } catch (error) {
    throw new CodeError('bad_directory', 'live.json is no JSON', error);
  }
  if (read?.format !== 1 || !Array.isArray(read.modules) || !Array.isArray(read.deaths))
    throw new CodeError('bad_directory', `live.json has format ${String(read?.format)}; this is format 1`);
  return read as LiveFile;
}
