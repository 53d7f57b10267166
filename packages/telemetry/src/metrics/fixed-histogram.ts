/** Counts of values by size. An observation costs a few comparisons and two additions. */
export class FixedHistogram {
  /** Upper bounds, included. */
  readonly bounds: readonly number[];
  /** Observations up to each bound and above the one before; the last: above all. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number, times = 1): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.counts[at]! += times;
    this.sum += value * times;
  }

  get count(): number {
    return this.counts.reduce((sum, n) => sum + n, 0);
  }
}

/** From half a millisecond to a minute: what a message waits for. */
export const waitSeconds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** From a tenth of a millisecond to a second: what holds the event loop. */
export const turnSeconds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];

/** From ten milliseconds to ten seconds: for how long nothing else went on. */
export const heldSeconds: readonly number[] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** From one to 16,384: messages of a commit. */
export const batchSizes: readonly number[] = Array.from({ length: 15 }, (_, i) => 2 ** i);
