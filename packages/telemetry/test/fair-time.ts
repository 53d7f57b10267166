const CELLS = 1 << 20;
const STEPS = 20_000;
/** What {@link walk} takes at least where these tests were written, ms, on a machine that does nothing else. */
const WALK_MS = 0.3;
const LEAST_TRIES = 7;
const MOST_TRIES = 100;

/** Each cell holds the next one, far away: 4 MB in one ring. */
const ring = new Int32Array(CELLS);
for (let i = 0; i < CELLS; i++) ring[i] = (i + 611_953) % CELLS;

/** Work that waits for memory, as the statistics of many mailboxes do. */
function walk(): number {
  const cells = ring;
  let at = 0;
  let sum = 0;
  for (let i = 0; i < STEPS; i++) {
    at = cells[at]!;
    sum = (sum * 31 + at) | 0;
  }
  return sum;
}

/**
 * How long work takes, ms, on a machine that does nothing else: the quickest of some tries, divided by how much slower than there
 * the quickest walk through memory was that was done beside each of them. A slow machine is no slow work.
 */
export class FairTime {
  readonly #enoughMs: number;
  #tries = 0;
  #begun = 0;
  #best = Infinity;
  #walk = Infinity;

  /** @param enoughMs below it no more tries are needed */
  constructor(enoughMs: number) {
    this.#enoughMs = enoughMs;
  }

  get ms(): number {
    return this.#best / Math.max(1, this.#walk / WALK_MS);
  }

  get wantsMore(): boolean {
    return this.#tries < LEAST_TRIES || (this.#tries < MOST_TRIES && this.ms >= this.#enoughMs);
  }

  begin(): void {
    const begun = performance.now();
    walk();
    this.#begun = performance.now();
    this.#walk = Math.min(this.#walk, this.#begun - begun);
  }

  end(): void {
    this.note(performance.now() - this.#begun);
  }

  /** Instead of {@link end}: the part of the time since {@link begin} that counts, ms. */
  note(ms: number): void {
    this.#best = Math.min(this.#best, ms);
    this.#tries++;
  }
}
