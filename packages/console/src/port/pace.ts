/** Asks for something only so often that the asking takes a certain part of the time: what is cheap at each beat, what is dear seldom. */
export class Pace {
  readonly #share: number;
  readonly #now: () => number;
  #dueAt = 0;

  /**
   * @param share of the time, above 0 to 1
   * @param now monotonic ms
   */
  constructor(share: number, now: () => number = () => performance.now()) {
    this.#share = share;
    this.#now = now;
  }

  /** Asks, unless it is too early. */
  async ask(act: () => Promise<void>): Promise<void> {
    const beganAt = this.#now();
    if (beganAt < this.#dueAt) return;
    this.#dueAt = Infinity; // one at a time
    try {
      await act();
    } finally {
      const endedAt = this.#now();
      this.#dueAt = endedAt + (endedAt - beganAt) * (1 / this.#share - 1);
    }
  }

  /** The next one is not too early. */
  hurry(): void {
    this.#dueAt = 0;
  }
}
