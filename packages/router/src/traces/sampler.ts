import { Budget } from '../port/rate.js';

/**
 * Decides which messages are traced: a share of them, at random, and no more than so many a second. What it costs a message
 * that is not is one number less: the gap to the next one is drawn beforehand.
 */
export class Sampler {
  readonly #random: () => number;
  readonly #budget: Budget;
  #share = 0;
  /** Messages up to and including the next one that is chosen. */
  #left = Infinity;
  /** Chosen and traced; chosen and over the limit. */
  taken = 0;
  limited = 0;

  /** @param perSecond most messages a second */
  constructor(perSecond: number, random: () => number = Math.random) {
    this.#budget = new Budget(perSecond);
    this.#random = random;
  }

  get share(): number {
    return this.#share;
  }

  /** From now on this share is chosen, 0 to 1. */
  set share(share: number) {
    this.#share = share;
    this.#left = this.#gap();
  }

  /** True for a message that is to be traced. @param now monotonic ms */
  takes(now: number): boolean {
    if (--this.#left > 0) return false;
    this.#left = this.#gap();
    if (!this.#budget.take(now)) {
      this.limited++;
      return false;
    }
    this.taken++;
    return true;
  }

  /** Geometric: as if each message were chosen by itself. */
  #gap(): number {
    if (this.#share <= 0) return Infinity;
    if (this.#share >= 1) return 1;
    return 1 + Math.floor(Math.log(1 - this.#random()) / Math.log(1 - this.#share));
  }
}
