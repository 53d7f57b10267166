import { systemClock } from './clock.js';
import type { CodeClock } from './clock.js';
import type { CodeEvent } from './code-event.js';
import { CodeError } from './errors.js';
import type { SharedModules } from './shared-modules.js';
import type { Version } from './version.js';

/** A version that came with the host, the router's own session for example. It can be gone back to, and is never freed. */
export type BuiltIn = Pick<Version, 'kind' | 'name' | 'version' | 'module'>;

/** Which version held the event loop when the node died, as far as anybody knows. */
export interface Culprit {
  /** The name of the module. */
  readonly behaviour: string;
  readonly version: string;
}

/** Options of `CodeServer.open`; what has no default must be given. */
export interface CodeServerOptions {
  /** The directory of the code server, `DATA/code`; made when it is not there. One process uses it. */
  readonly dir: string;
  /** The handlers directory: only files below it are loaded. It need not be there. */
  readonly handlers: string;
  /** What modules may import beside `node:*`; `@mailbeam/handler` and `@mailbeam/actors` are there without it. Default none. */
  readonly shared?: SharedModules;
  /** Versions that came with the host; they run where nothing else was live. Default none. */
  readonly builtIns?: readonly BuiltIn[];
  /**
   * How the node ended before this start: `'clean'` (it was closed, or this is its first start), `'died'`, or who took it down.
   * Default `'clean'`.
   */
  readonly ended?: 'clean' | 'died' | Culprit;
  /** Told everything that also goes to the audit log. Default: nobody. */
  readonly onEvent?: (event: CodeEvent) => void;
  /** Default: the machine's. */
  readonly clock?: CodeClock;

  /** How long the check of a module may take in its thread, ms; 100 to 600,000. Default 10,000. */
  readonly checkTimeoutMs?: number;
  /** How much heap the check may take, MiB; 16 to 4,096. Default 256. */
  readonly checkHeapMb?: number;
  /** How long a new version is watched, ms; 0: not at all. 0 to 3,600,000. Default 30,000. */
  readonly gateMs?: number;
  /** How often a gate that saw too little is as long again; 0 to 100. Default 3. */
  readonly gateExtensions?: number;
  /** Handlings of the new version below which a gate saw too little; 1 to 1,000,000. Default 200. */
  readonly gateMinHandled?: number;
  /** A slower p99 is worse only by more than so much, ms; 0 to 60,000. Default 0.05. */
  readonly gateFloorMs?: number;
  /** How many instances may stay on the old version because `codeChange` threw; 0 to 2^31 - 1. Default 0: with the first, all go back. */
  readonly maxFailedMoves?: number;
  /** How long a move may take, ms; what has not moved by then goes back. 1,000 to 3,600,000. Default 120,000. */
  readonly moveTimeoutMs?: number;
  /** How long the sweep may take of one turn of the event loop, ms; 0.1 to 1,000. Default 2. */
  readonly sliceMs?: number;
  /** Instances that the sweep asks to move in one turn at most; 1 to 1,000,000. Default 500. */
  readonly sliceMoves?: number;
  /** Live states that a dry run tries; 1 to 100,000. Default 1,000. */
  readonly dryRunStates?: number;
  /** Versions of one module that are kept to go back to; 1 to 1,000. Default 20. */
  readonly keptVersions?: number;
  /** Versions of one module that are listed after they were left; 0 to 1,000. Default 20. */
  readonly listedVersions?: number;
  /** Names of versions that are known as used, of one module; 100 to 1,000,000. Default 2,000. */
  readonly usedVersions?: number;
  /** Operations under way at a time; 1 to 1,000. Default 16. */
  readonly maxOperations?: number;
  /** Operations that have ended and can still be asked for; 1 to 100,000. Default 200. */
  readonly keptOperations?: number;
  /** So many deaths of the node by one version ... 1 to 100. Default 2. */
  readonly quarantineDeaths?: number;
  /** ... within so long quarantine it, ms; 1,000 to 86,400,000. Default 60,000. */
  readonly quarantineWithinMs?: number;
  /** Bytes of the audit log at which it is rotated; one older one is kept. 1,024 to 2^30. Default 10 MiB. */
  readonly auditBytes?: number;
}

type Required_ = 'dir' | 'handlers';
type Numbers = {
  readonly [K in keyof CodeServerOptions as NonNullable<CodeServerOptions[K]> extends number ? K : never]-?: number;
};

/** Complete and read-only. */
export type ResolvedOptions = Readonly<Required<CodeServerOptions>>;

/** The default of every option that has one; units and ranges are at {@link CodeServerOptions}. */
export const codeServerDefaults: Readonly<Omit<ResolvedOptions, Required_>> = Object.freeze({
  shared: new Map(),
  builtIns: Object.freeze([]),
  ended: 'clean' as const,
  onEvent: () => undefined,
  clock: systemClock,
  checkTimeoutMs: 10_000,
  checkHeapMb: 256,
  gateMs: 30_000,
  gateExtensions: 3,
  gateMinHandled: 200,
  gateFloorMs: 0.05,
  maxFailedMoves: 0,
  moveTimeoutMs: 120_000,
  sliceMs: 2,
  sliceMoves: 500,
  dryRunStates: 1_000,
  keptVersions: 20,
  listedVersions: 20,
  usedVersions: 2_000,
  maxOperations: 16,
  keptOperations: 200,
  quarantineDeaths: 2,
  quarantineWithinMs: 60_000,
  auditBytes: 10 * 1024 * 1024,
});

/** Lowest and highest value, and whether only whole numbers will do. */
const ranges: { readonly [K in keyof Numbers]: readonly [number, number, 'whole' | 'any'] } = {
  checkTimeoutMs: [100, 600_000, 'any'],
  checkHeapMb: [16, 4_096, 'any'],
  gateMs: [0, 3_600_000, 'any'],
  gateExtensions: [0, 100, 'whole'],
  gateMinHandled: [1, 1_000_000, 'whole'],
  gateFloorMs: [0, 60_000, 'any'],
  maxFailedMoves: [0, 2 ** 31 - 1, 'whole'],
  moveTimeoutMs: [1_000, 3_600_000, 'any'],
  sliceMs: [0.1, 1_000, 'any'],
  sliceMoves: [1, 1_000_000, 'whole'],
  dryRunStates: [1, 100_000, 'whole'],
  keptVersions: [1, 1_000, 'whole'],
  listedVersions: [0, 1_000, 'whole'],
  usedVersions: [100, 1_000_000, 'whole'],
  maxOperations: [1, 1_000, 'whole'],
  keptOperations: [1, 100_000, 'whole'],
  quarantineDeaths: [1, 100, 'whole'],
  quarantineWithinMs: [1_000, 86_400_000, 'any'],
  auditBytes: [1_024, 2 ** 30, 'whole'],
};

/** Fills in the defaults. @throws CodeError `bad_option`, naming the option, for an unknown name or a value out of range */
export function resolveOptions(given: CodeServerOptions): ResolvedOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const name of ['dir', 'handlers'] as const)
    if (typeof set[name] !== 'string' || set[name] === '')
      throw new CodeError('bad_option', `${name} is a path that must be given`);
  for (const [name, value] of Object.entries(set)) {
    if (name === 'dir' || name === 'handlers') continue;
    if (!(name in codeServerDefaults)) throw new CodeError('bad_option', `${name} is not known`);
    if (name in ranges) checkRange(name, value, ranges[name as keyof Numbers]);
  }
  return Object.freeze({ ...codeServerDefaults, ...(set as unknown as CodeServerOptions) });
}

/** @throws CodeError `bad_option` */
export function checkRange(
  name: string,
  value: unknown,
  [least, most, grain]: readonly [number, number, string],
): void {
  const fits = typeof value === 'number' && value >= least && value <= most;
  if (!fits || (grain === 'whole' && !Number.isInteger(value)))
    throw new CodeError('bad_option', `${name} is ${String(value)}; allowed is ${least} to ${most}`);
}
