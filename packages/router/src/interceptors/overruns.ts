/** Counts what took too long; says when it was too often within a period. Time comes in as an argument. */
export class Overruns {
  readonly #most: number;
  readonly #periodMs: number;
  /** The last `most` overruns, as a ring. */
  readonly #at: number[] = [];
  #next = 0;

  constructor(most: number, periodMs: number) {
    this.#most = most;
    this.#periodMs = periodMs;
  }

  /** One more; true when that makes `most` within the period. */
  add(now: number): boolean {
    this.#at[this.#next] = now;
    this.#next = (this.#next + 1) % this.#most;
    const oldest = this.#at[this.#next];
    return this.#at.length === this.#most && oldest !== undefined && now - oldest < this.#periodMs;
  }
}
