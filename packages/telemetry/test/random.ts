import { randomFrom } from '@mailbeam/actors/test-kit';

/** Numbers by chance, the same for the same seed. A test that uses it has the seed in its name; SEED sets it. */
export class Random {
  readonly seed: number;
  /** From 0 to below 1. */
  readonly next: () => number;

  constructor(seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))) {
    this.seed = seed;
    this.next = randomFrom(seed);
  }

  /** A whole number from 0 to below `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()));
    const limit = Math.exp(-mean);
    let n = 0;
    for (let p = this.next(); p > limit; p *= this.next()) n++;
    return n;
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
