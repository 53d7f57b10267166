import { countsOf, difference, noCounts } from './counts.js';
import type { Counts } from './counts.js';
import { meanDepth } from './depth-growth.js';
import type { DepthSample } from './depth-growth.js';
import type { Before } from './gate.js';
import type { BeforeRecord } from './live-file.js';
import type { VersionStats } from './version-stats.js';

/** Seconds that are kept. */
const SECONDS = 30;

/** What a live version did in the last 30 s: a snapshot a second. */
export class StatsWindow {
  readonly #stats: VersionStats;
  readonly #snapshots: Counts[] = [];
  readonly #depths: number[] = [];

  constructor(stats: VersionStats) {
    this.#stats = stats;
    this.#snapshots.push(countsOf(stats));
  }

  /** Call it once a second. */
  tick(depth: DepthSample): void {
    this.#snapshots.push(countsOf(this.#stats));
    if (this.#snapshots.length > SECONDS + 1) this.#snapshots.shift();
    const mean = meanDepth(depth);
    if (mean !== undefined) this.#depths.push(mean);
    if (this.#depths.length > SECONDS) this.#depths.shift();
  }

  get before(): Before {
    const counts = difference(countsOf(this.#stats), this.#snapshots[0]!);
    const { length } = this.#depths;
    return { counts, depth: length === 0 ? undefined : this.#depths.reduce((a, b) => a + b, 0) / length };
  }
}

/** As it stands in `live.json`. */
export function recordOf({ counts, depth }: Before): BeforeRecord {
  const { handled, crashes, rejects, times } = counts;
  const found: [number, number][] = [];
  for (const [bucket, n] of times.entries()) if (n > 0) found.push([bucket, n]);
  return { handled, crashes, rejects, times: found, ...(depth === undefined ? {} : { depth }) };
}

export function beforeOf({ handled, crashes, rejects, times, depth }: BeforeRecord, buckets: number): Before {
  const counts = { ...noCounts(buckets), handled, crashes, rejects };
  for (const [bucket, n] of times) if (bucket < buckets) counts.times[bucket] = n;
  return { counts, depth };
}
