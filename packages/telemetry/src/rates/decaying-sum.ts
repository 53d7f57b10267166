import { shrink } from './decay.js';
import type { Decay } from './decay.js';
import type { Rates } from '../statistics/mailbox-reading.js';

/** Events of a whole class of mailboxes, with their rates over 1, 10 and 100 s. */
export class DecayingSum {
  readonly #decay: Decay;
  #landmark: number;
  #sums: [number, number, number] = [0, 0, 0];
  /** All that there ever were. */
  total = 0;

  constructor(decay: Decay) {
    this.#decay = decay;
    this.#landmark = decay.landmark;
  }

  add(events: number): void {
    this.#rebase();
    const { w1, w10, w100 } = this.#decay;
    this.total += events;
    this.#sums[0] += w1 * events;
    this.#sums[1] += w10 * events;
    this.#sums[2] += w100 * events;
  }

  get rates(): Rates {
    this.#rebase();
    const [per1, per10, per100] = this.#sums;
    return [this.#decay.rate(per1, 1), this.#decay.rate(per10, 10), this.#decay.rate(per100, 100)];
  }

  #rebase(): void {
    const { landmark } = this.#decay;
    if (landmark === this.#landmark) return;
    const moved = landmark - this.#landmark;
    this.#landmark = landmark;
    this.#sums[0] *= shrink(moved, 1);
    this.#sums[1] *= shrink(moved, 10);
    this.#sums[2] *= shrink(moved, 100);
  }
}
