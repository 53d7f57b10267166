import type { ModuleKind } from '@mailbeam/handler';

/** How the source of the live version compares with the disk; `built in` has none. */
export type Drift = 'same' | 'changed on disk' | 'not on disk' | 'built in';

/**
 * `live`; `canary`: new, with a part of the instances; `previous`: was live before and can be gone back to; `old`: neither, and
 * listed until its memory is freed or for a while after; `quarantined`: never loaded again.
 */
export type VersionStatus = 'live' | 'canary' | 'previous' | 'old' | 'quarantined';

export interface VersionInfo {
  readonly version: string;
  readonly status: VersionStatus;
  readonly builtIn: boolean;
  readonly instances: number;
  /** Wall clock, ms since the epoch: when it was loaded first. */
  readonly loadedAt: number;
  /** Who loaded it, as they said. */
  readonly by: string;
  /** When it became live the last time. */
  readonly liveSince?: number;
  /** When its last instance had moved away. */
  readonly idleSince?: number;
  /** When its memory was found to be freed. */
  readonly freedAt?: number;
  /** Of a quarantined version. */
  readonly reason?: string;
  /** What is wrong with it while it runs: an interceptor that was switched off. */
  readonly fault?: string;
  /** Callbacks that ended, threw, and requests refused, since it was first loaded into this process. */
  readonly handled: number;
  readonly crashes: number;
  readonly rejects: number;
}

export interface ModuleInfo {
  readonly kind: ModuleKind;
  readonly name: string;
  /** The live version, or the one before while a canary is out. Left out where all versions are quarantined. */
  readonly live?: string;
  /** Relative to the handlers directory; '' for what is built in. */
  readonly file: string;
  readonly drift: Drift;
  /** The operation under way. */
  readonly operation?: string;
  /** Newest first. */
  readonly versions: readonly VersionInfo[];
}
