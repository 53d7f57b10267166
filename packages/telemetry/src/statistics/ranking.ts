/** Where each slot stands in the rankings of one kind; a slot is in at most one of them. */
export class Places {
  readonly keys: number[] = [0];
  /** Index in the heap, and 1; 0: in none. */
  readonly places: number[] = [0];

  /** Makes room for a new slot. */
  add(): void {
    this.keys.push(0);
    this.places.push(0);
  }
}

/**
 * Slots by a key, the greatest first: a binary heap that knows where everybody stands. A change moves its slot past those
 * it has overtaken, which for a change by a few messages are nearly always none or one; the K greatest are read off the top without
 * a look at the rest.
 */
export class Ranking {
  readonly #heap: number[] = [];
  readonly #keys: number[];
  readonly #places: number[];

  constructor({ keys, places }: Places) {
    this.#keys = keys;
    this.#places = places;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Puts a slot where its key says; it may be in the ranking already. */
  set(slot: number, key: number): void {
    const at = this.#places[slot]! - 1;
    if (at < 0) {
      this.#keys[slot] = key;
      this.#heap.push(slot);
      this.#rise(this.#heap.length - 1);
      return;
    }
    const before = this.#keys[slot]!;
    if (key === before) return;
    this.#keys[slot] = key;
    if (key > before) this.#rise(at);
    else this.#sink(at);
  }

  delete(slot: number): void {
    const at = this.#places[slot]! - 1;
    if (at < 0) return;
    this.#places[slot] = 0;
    const last = this.#heap.pop()!;
    if (last === slot) return;
    this.#heap[at] = last;
    this.#places[last] = at + 1;
    this.#rise(at);
    this.#sink(this.#places[last] - 1);
  }

  /** The `k` slots with the greatest keys, in order. Looks at 2 k slots. */
  top(k: number): number[] {
    const heap = this.#heap;
    const found: number[] = [];
    const next = heap.length > 0 ? [0] : [];
    while (found.length < k && next.length > 0) {
      const at = next.pop()!;
      found.push(heap[at]!);
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length) this.#insert(next, child);
    }
    return found;
  }

  /** Slots with a key of at least `least`, the greatest near the front; no more than `limit`. Looks at 2 for each that it finds. */
  above(least: number, limit: number): number[] {
    const heap = this.#heap;
    const found: number[] = [];
    const next = [0];
    for (let i = 0; i < next.length && found.length < limit; i++) {
      const at = next[i]!;
      const slot = heap[at];
      if (slot === undefined || this.#keys[slot]! < least) continue;
      found.push(slot);
      next.push(2 * at + 1, 2 * at + 2);
    }
    return found;
  }

  /** Keeps `next` in order of keys, the greatest last. */
  #insert(next: number[], at: number): void {
    const key = this.#keys[this.#heap[at]!]!;
    let low = 0;
    let high = next.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[this.#heap[next[middle]!]!]! < key) low = middle + 1;
      else high = middle;
    }
    next.splice(low, 0, at);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const keys = this.#keys;
    const slot = heap[from]!;
    const key = keys[slot]!;
    let at = from;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const other = heap[up]!;
      if (keys[other]! >= key) break;
      heap[at] = other;
      this.#places[other] = at + 1;
      at = up;
    }
    heap[at] = slot;
    this.#places[slot] = at + 1;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const keys = this.#keys;
    const slot = heap[from]!;
    const key = keys[slot]!;
    let at = from;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && keys[heap[down + 1]!]! > keys[heap[down]!]!) down++;
      const other = heap[down]!;
      if (keys[other]! <= key) break;
      heap[at] = other;
      this.#places[other] = at + 1;
      at = down;
    }
    heap[at] = slot;
    this.#places[slot] = at + 1;
  }
}
