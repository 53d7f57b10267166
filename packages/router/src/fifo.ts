/** Rings up to this size are kept when they are empty. */
const KEPT_CAPACITY = 64;
const FIRST_CAPACITY = 4;

/** A queue of references in a ring: O(1) at both ends, and no allocation while its length stays about the same. */
export class Fifo<T> {
  #ring: (T | undefined)[] | null = null;
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    let ring = this.#ring;
    if (ring === null || this.#length === ring.length) ring = this.#grow();
    ring[(this.#head + this.#length) & (ring.length - 1)] = item;
    this.#length++;
  }

  peek(): T | undefined {
    return this.#ring === null ? undefined : this.#ring[this.#head];
  }

  /** The item at `index` from the front. */
  at(index: number): T | undefined {
    const ring = this.#ring;
    return ring === null || index >= this.#length ? undefined : ring[(this.#head + index) & (ring.length - 1)];
  }

  shift(): T | undefined {
    const ring = this.#ring;
    if (ring === null || this.#length === 0) return undefined;
    const item = ring[this.#head];
    ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (ring.length - 1);
    this.#length--;
    if (this.#length === 0 && ring.length > KEPT_CAPACITY) this.#ring = null;
    if (this.#length === 0) this.#head = 0;
    return item;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.#length; i++) yield this.at(i) as T;
  }

  #grow(): (T | undefined)[] {
    const old = this.#ring;
    const ring = new Array<T | undefined>(old === null ? FIRST_CAPACITY : old.length * 2).fill(undefined);
    for (let i = 0; i < this.#length; i++) ring[i] = this.at(i);
    this.#ring = ring;
    this.#head = 0;
    return ring;
  }
}
