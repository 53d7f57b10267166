import type { FixedHistogram } from '@mailbeam/telemetry';

/** Quantiles of what a histogram observed between two looks, estimated within the bucket; NaN where it observed nothing. */
export class QuantilesSince {
  readonly #histogram: FixedHistogram;
  #before: Float64Array;
  #new: Float64Array;

  constructor(histogram: FixedHistogram) {
    this.#histogram = histogram;
    this.#before = histogram.counts.slice();
    this.#new = new Float64Array(histogram.counts.length);
  }

  /** Ends the time that is looked at, and begins the next. */
  look(): void {
    const { counts } = this.#histogram;
    this.#new = counts.map((count, i) => count - this.#before[i]!);
    this.#before = counts.slice();
  }

  /** @param q 0 to 1 */
  of(q: number): number {
    const { bounds } = this.#histogram;
    const all = this.#new.reduce((sum, count) => sum + count, 0);
    if (all === 0) return NaN;
    let rest = q * all;
    for (const [i, bound] of bounds.entries()) {
      const count = this.#new[i]!;
      const from = i === 0 ? 0 : bounds[i - 1]!;
      if (count > 0 && rest <= count) return from + ((bound - from) * rest) / count;
      rest -= count;
    }
    return bounds.at(-1)!; // above the last bound nothing more is known
  }
}
