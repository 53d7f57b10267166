const MOST_FAILURES = 30;
const PERIOD_MS = 10_000;

/** Requests without the right token: after 30 in 10 s the next ones are told to wait. */
export class FailedTokens {
  /** When they came, oldest first. */
  readonly #times: number[] = [];

  /**
   * One more, at monotonic ms `now`. Returns 0, or for how many ms the answer is only to wait: it is not counted then, so that
   * whoever does not wait does not lengthen it.
   */
  add(now: number): number {
    const times = this.#times;
    while (times.length > 0 && now - times[0]! >= PERIOD_MS) times.shift();
    if (times.length >= MOST_FAILURES) return times[0]! + PERIOD_MS - now;
    times.push(now);
    return 0;
  }
}
