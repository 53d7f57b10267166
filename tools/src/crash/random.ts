import { seededRandom } from '../seeded-random.js';

/** Seeded randomness: the same seed gives the same numbers on every machine. */
export class Random {
  /** A number in [0, 1). */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed ^ 0x9e3779b9);
    for (let i = 0; i < 4; i++) this.next();
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of `choices`, which must not be empty. */
  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  /** A generator of its own, so that what one client draws does not depend on when another draws. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 4294967296));
  }
}
