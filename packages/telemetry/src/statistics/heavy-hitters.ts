/** A sender and its part of what came into a mailbox. */
export interface Filler {
  readonly name: string;
  /** Messages, never too few. */
  readonly messages: number;
  /** By how many `messages` may be too many. */
  readonly error: number;
  /** messages / all, 0 to 1. */
  readonly share: number;
}

interface Counter {
  count: number;
  error: number;
}

/**
 * Who sends most, with a fixed number of counters: Space-Saving (Metwally, Agrawal, El Abbadi: "Efficient computation of
 * frequent and top-k elements in data streams", ICDT 2005). Whoever sent more than 1 / size of all is there, and no count
 * is off by more than that.
 */
export class HeavyHitters {
  readonly size: number;
  #total = 0;
  readonly #counters = new Map<string, Counter>();

  constructor(size: number) {
    this.size = size;
  }

  /** Messages counted. */
  get total(): number {
    return this.#total;
  }

  add(name: string, messages = 1): void {
    this.#total += messages;
    const counter = this.#counters.get(name);
    if (counter !== undefined) {
      counter.count += messages;
      return;
    }
    if (this.#counters.size < this.size) {
      this.#counters.set(name, { count: messages, error: 0 });
      return;
    }
    let least: string | undefined;
    let fewest = Infinity;
    for (const [other, { count }] of this.#counters) {
      if (count >= fewest) continue;
      least = other;
      fewest = count;
    }
    this.#counters.delete(least!);
    this.#counters.set(name, { count: fewest + messages, error: fewest });
  }

  /** The `k` who sent most, the most first. */
  top(k: number): Filler[] {
    return [...this.#counters]
      .sort(([, one], [, other]) => other.count - one.count)
      .slice(0, k)
      .map(([name, { count, error }]) => ({ name, messages: count, error, share: count / this.#total }));
  }
}
