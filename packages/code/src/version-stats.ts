/** One in so many messages is timed where nobody asks for all of them. */
const SAMPLED = 16;
/** Buckets grow by a fourth of a power of two: 2^(1/4), so a quantile is right within 19 %. From 1 us to over 1,000 s. */
const PER_OCTAVE = 4;
const BUCKETS = 30 * PER_OCTAVE;
const FIRST_MS = 0.001;

/** What the instances of one version did. Whoever runs the version counts; the gate compares. */
export class VersionStats {
  handled = 0;
  /** Callbacks that threw or rejected, and those that were ended by their time limit. */
  crashes = 0;
  /** Requests that the version refused: REJECTED, and REPLY that is not ok. */
  rejects = 0;
  /** Instances now. */
  instances = 0;
  /** Why it may not be kept, whatever the figures say: an interceptor that was switched off. '' = nothing is known. */
  fault = '';
  /** True while every handling is to be timed. */
  timesAll = false;
  /** Handlings by their time, see {@link bucketOf}. */
  readonly times = new Uint32Array(BUCKETS);
  #untilSample = SAMPLED;

  /** Call it before a handling: the clock's reading in ms where this one is timed, else 0. */
  begin(): number {
    if (!this.timesAll) {
      if (--this.#untilSample > 0) return 0;
      this.#untilSample = SAMPLED;
    }
    return performance.now();
  }

  /** Call it after the handling, with what {@link begin} gave. */
  end(began: number): void {
    if (began === 0) this.handled++;
    else this.record(performance.now() - began);
  }

  /** A handling whose time is known, ms. */
  record(ms: number): void {
    this.handled++;
    const bucket = bucketOf(ms);
    this.times[bucket] = (this.times[bucket] ?? 0) + 1;
  }
}

/** Which of the buckets a time in ms falls into. */
export function bucketOf(ms: number): number {
  if (ms <= FIRST_MS) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(ms / FIRST_MS) * PER_OCTAVE));
}

/** The upper end of a bucket, ms. */
export function bucketEndMs(bucket: number): number {
  return FIRST_MS * 2 ** (bucket / PER_OCTAVE);
}
