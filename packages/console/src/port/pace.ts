/** What is asked for takes so many parts of the time: one in twenty. */
const REST_FACTOR = 19;

/** Asks for something only so often that the asking takes 5 % of the time: what is cheap at each beat, what is dear seldom. */
export class Pace {
  readonly #now: () => number;
  #dueAt = 0;

  /** @param now monotonic ms */
  constructor(now: () => number = () => performance.now()) {
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
      this.#dueAt = endedAt + (endedAt - beganAt) * REST_FACTOR;
    }
  }

  /** The next one is not too early. */
  hurry(): void {
    this.#dueAt = 0;
  }
}
