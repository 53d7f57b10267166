import { limits } from '@mailbeam/protocol';

/** A token bucket: `perSecond` a second, at most one second's worth at once. */
export class Budget {
  readonly #perSecond: number;
  #tokens: number;
  #at = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Takes one at monotonic ms `now`; false when there is none. */
  take(now: number): boolean {
    if (this.#at > 0)
      this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** Counts refusals: too many of them in a span end a connection (semantics 9.4). */
export class Strikes {
  #since = 0;
  #count = 0;

  /** Adds one at monotonic ms `now`; true when it was one too many. */
  add(now: number): boolean {
    if (this.#since === 0 || now - this.#since > limits.rateLimitStrikesMs) {
      this.#since = now;
      this.#count = 0;
    }
    return ++this.#count > limits.rateLimitStrikes;
  }
}
