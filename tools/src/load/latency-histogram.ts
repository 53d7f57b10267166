/** Sub-buckets of each power of two: values are kept to within 1.6 %. */
const STEPS = 64;
const STEP_BITS = 6;
const BUCKETS = STEPS * (32 - STEP_BITS);

/** A histogram as it crosses between processes: pairs of bucket and count. */
export type HistogramSnapshot = readonly (readonly [bucket: number, count: number])[];

/** Latencies in whole microseconds, up to half an hour, in constant memory; recording costs a few nanoseconds. */
export class LatencyHistogram {
  private readonly counts = new Float64Array(BUCKETS);
  private total = 0;

  /** Recorded values. */
  get count(): number {
    return this.total;
  }

  /** Negative values count as 0. */
  record(micros: number, times = 1): void {
    this.counts[bucketOf(micros)]! += times;
    this.total += times;
  }

  /** The value below which `fraction` (0..1) of all lie, in microseconds; undefined when nothing was recorded. */
  quantile(fraction: number): number | undefined {
    if (this.total === 0) return undefined;
    let left = Math.max(1, Math.ceil(this.total * fraction));
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.counts[i]!;
      if (left <= 0) return middleOf(i);
    }
    return undefined;
  }

  snapshot(): HistogramSnapshot {
    const pairs: [number, number][] = [];
    for (let i = 0; i < BUCKETS; i++) if (this.counts[i] !== 0) pairs.push([i, this.counts[i]!]);
    return pairs;
  }

  /** Adds what another process recorded. */
  merge(snapshot: HistogramSnapshot): void {
    for (const [bucket, count] of snapshot) {
      this.counts[bucket]! += count;
      this.total += count;
    }
  }

  reset(): void {
    this.counts.fill(0);
    this.total = 0;
  }
}

function bucketOf(micros: number): number {
  const value = micros > 0 ? (micros < 2_147_483_647 ? micros | 0 : 2_147_483_647) : 0;
  if (value < STEPS) return value;
  const shift = 31 - Math.clz32(value) - STEP_BITS;
  return (shift + 1) * STEPS + ((value >> shift) - STEPS);
}

function middleOf(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  const low = (STEPS + (bucket % STEPS)) * 2 ** shift;
  return low + (2 ** shift - 1) / 2;
}
