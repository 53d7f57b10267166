/** Restarts of the actors of one version of a behaviour. */
export interface RestartCount {
  readonly behaviour: string;
  readonly version: string;
  readonly total: number;
  /** In the last minute. */
  readonly perMinute: number;
}

const SLOTS = 12;
const SLOT_MS = 5_000;
/** Versions that are counted by themselves; the restarts of any other are `other`. */
const MAX_VERSIONS = 500;

interface Counter {
  readonly behaviour: string;
  readonly version: string;
  total: number;
  readonly slots: number[];
  /** Number of the slot that was written last. */
  last: number;
}

/** How often actors were restarted, by behaviour and version. */
export class RestartCounts {
  readonly #counters = new Map<string, Counter>();

  /** @param now monotonic ms */
  restarted(behaviour: string, version: string, now: number): void {
    const key = keyOf(behaviour, version);
    const isKnown = this.#counters.has(key) || this.#counters.size < MAX_VERSIONS;
    const counter = isKnown ? this.#counter(key, behaviour, version, now) : this.#counter('other', 'other', '', now);
    this.#advance(counter, now);
    counter.total++;
    counter.slots[counter.last % SLOTS]!++;
  }

  counts(now: number): RestartCount[] {
    return [...this.#counters.values()].map((counter) => {
      this.#advance(counter, now);
      const { behaviour, version, total, slots } = counter;
      return { behaviour, version, total, perMinute: slots.reduce((sum, n) => sum + n, 0) };
    });
  }

  #counter(key: string, behaviour: string, version: string, now: number): Counter {
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      const last = Math.floor(now / SLOT_MS);
      counter = { behaviour, version, total: 0, slots: new Array<number>(SLOTS).fill(0), last };
      this.#counters.set(key, counter);
    }
    return counter;
  }

  #advance(counter: Counter, now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let n = Math.min(slot - counter.last, SLOTS); n > 0; n--) counter.slots[(slot - n + 1) % SLOTS] = 0;
    counter.last = Math.max(slot, counter.last);
  }
}

function keyOf(behaviour: string, version: string): string {
  return `${behaviour}\n${version}`;
}
