import { randomFrom } from '@mailbeam/actors/test-kit';

// A look at a global is slow in a vm context, where tests run.
const { PI, cos, exp, floor, log, max, min, round, sqrt } = Math;

/** Numbers by chance, the same for the same seed. */
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
    return floor(this.next() * n);
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  normal(): number {
    return sqrt(-2 * log(1 - this.next())) * cos(2 * PI * this.next());
  }

  poisson(mean: number): number {
    if (mean > 50) return max(0, round(mean + sqrt(mean) * this.normal()));
    const limit = exp(-mean);
    let n = 0;
    for (let p = this.next(); p > limit; p *= this.next()) n++;
    return n;
  }

  binomial(n: number, p: number): number {
    const variance = n * p * (1 - p);
    if (variance > 50) return min(n, max(0, round(n * p + sqrt(variance) * this.normal())));
    let found = 0;
    for (let i = 0; i < n && p > 0; i++) if (this.chance(p)) found++;
    return found;
  }
}
