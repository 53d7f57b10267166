import { StoreError } from './errors.js';

/** Options of `openLmdbStore`; every one has a default in {@link lmdbStoreDefaults}. */
export interface LmdbStoreOptions {
  /** Records in the tail that start a checkpoint; 16 to 1,000,000. More: fewer merges, more memory, a longer start. */
  readonly checkpointRecords?: number;
  /** Bytes of log blocks in the tail that start a checkpoint; 65,536 to 2^30. */
  readonly checkpointBytes?: number;
  /** How long something that was erased may lie on disk before a checkpoint removes it, ms; 1 to 3,600,000. */
  readonly eraseDelayMs?: number;
  /** How long a tail that is not full may stay in memory, ms; 1 to 3,600,000. */
  readonly tailAgeMs?: number;
  /** Adjacent runs of like size that are merged into one; 2 to 64. */
  readonly mergeRuns?: number;
  /** Bytes that one step of a checkpoint or merge writes, at least; 4,096 to 2^26. A step follows the size of the commits. */
  readonly stepBytes?: number;
  /** Time that one step may take on the event loop, ms, roughly; 0.1 to 1,000. */
  readonly stepMs?: number;
  /** How long a step waits for a commit whose transaction it can join, ms; 0 to 1,000. */
  readonly stepDelayMs?: number;
  /** A commit whose flush has not settled after this time fails, ms; 1,000 to 3,600,000. */
  readonly flushTimeoutMs?: number;
  /** Told when background work met an error and stopped (`store_corrupt`) or will be tried again (`commit_failed`). */
  readonly onError?: (error: StoreError) => void;
}

export type ResolvedOptions = Readonly<Required<LmdbStoreOptions>>;

/** The default of every option; units and ranges are at {@link LmdbStoreOptions}. */
export const lmdbStoreDefaults: ResolvedOptions = Object.freeze({
  checkpointRecords: 32_768,
  checkpointBytes: 8 * 1024 * 1024,
  eraseDelayMs: 1_000,
  tailAgeMs: 30_000,
  mergeRuns: 32,
  stepBytes: 256 * 1024,
  stepMs: 2,
  stepDelayMs: 2,
  flushTimeoutMs: 30_000,
  onError: (error: StoreError) => process.emitWarning(error),
});

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  checkpointRecords: [16, 1_000_000],
  checkpointBytes: [65_536, 2 ** 30],
  eraseDelayMs: [1, 3_600_000],
  tailAgeMs: [1, 3_600_000],
  mergeRuns: [2, 64],
  stepBytes: [4_096, 2 ** 26],
  stepMs: [0.1, 1_000],
  stepDelayMs: [0, 1_000],
  flushTimeoutMs: [1_000, 3_600_000],
};

/** Fills in the defaults. @throws StoreError `bad_option`, naming the option, for an unknown name or a value out of range */
export function resolveOptions(options: LmdbStoreOptions): ResolvedOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!(name in lmdbStoreDefaults)) throw new StoreError('bad_option', `${name} is not known`);
    const range = ranges[name];
    if (range === undefined) continue;
    if (typeof value !== 'number' || !(value >= range[0] && value <= range[1]))
      throw new StoreError('bad_option', `${name} is ${String(value)}; allowed is ${range[0]} to ${range[1]}`);
  }
  return Object.freeze({ ...lmdbStoreDefaults, ...options });
}
