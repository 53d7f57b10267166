import { NameFilter } from './name-filter.js';

/** A place in the order of a run: hash of the user, then key. */
export interface Position {
  readonly hi: number;
  readonly lo: number;
  readonly key: number;
}

/** Before every record. */
export const START: Position = { hi: -1, lo: 0, key: 0 };

export function comparePositions(aHi: number, aLo: number, aKey: number, b: Position): number {
  if (aHi !== b.hi) return aHi < b.hi ? -1 : 1;
  if (aLo !== b.lo) return aLo < b.lo ? -1 : 1;
  return aKey === b.key ? 0 : aKey < b.key ? -1 : 1;
}

/** What is known of a row without reading it. */
export interface RowEntry extends Position {
  readonly row: number;
  readonly messages: number;
  readonly bodyBytes: number;
}

/**
 * The directory of one run: about 30 bytes in memory for each row of 4 KiB on disk. A run is a sorted sequence of rows of
 * APPEND records; rows are added at its end while it is built, afterwards records only go. Rows keep their place when
 * they are empty.
 */
export class Run {
  readonly id: number;
  /** For how many names its filter was made. */
  readonly names: number;
  readonly filter: NameFilter;
  /** Everything up to here has moved into the target of a merge; undefined: nothing. */
  low: Position | undefined;
  messages = 0;
  bodyBytes = 0;
  /** No single user has more messages, or bytes of bodies, in this run: as it was written. */
  mostMessages = 0;
  mostBytes = 0;
  /** Rows, empty ones included. */
  rows = 0;
  /** The rows that begin with the same user as the last one, and the row before them, which may end with that user. */
  #sameMessages = 0;
  #sameBytes = 0;
  #hi = new Uint32Array(16);
  #lo = new Uint32Array(16);
  #key = new Float64Array(16);
  #row = new Uint32Array(16);
  #messages = new Uint32Array(16);
  #bodyBytes = new Uint32Array(16);

  /** @param names most names that it will hold */
  constructor(id: number, names: number) {
    this.id = id;
    this.names = names;
    this.filter = new NameFilter(names);
  }

  add(entry: RowEntry): void {
    const index = this.rows++;
    if (index === this.#row.length) this.#grow();
    this.#hi[index] = entry.hi;
    this.#lo[index] = entry.lo;
    this.#key[index] = entry.key;
    this.#row[index] = entry.row;
    this.#messages[index] = entry.messages;
    this.#bodyBytes[index] = entry.bodyBytes;
    this.messages += entry.messages;
    this.bodyBytes += entry.bodyBytes;
    const isSame = index > 0 && this.#hi[index - 1] === entry.hi && this.#lo[index - 1] === entry.lo;
    this.#sameMessages = entry.messages + (isSame ? this.#sameMessages : index > 0 ? this.messagesOf(index - 1) : 0);
    this.#sameBytes = entry.bodyBytes + (isSame ? this.#sameBytes : index > 0 ? this.bodyBytesOf(index - 1) : 0);
    this.mostMessages = Math.max(this.mostMessages, this.#sameMessages);
    this.mostBytes = Math.max(this.mostBytes, this.#sameBytes);
  }

  /** Notes that messages have left a row. */
  take(index: number, messages: number, bodyBytes: number): void {
    this.#messages[index] = (this.#messages[index] as number) - messages;
    this.#bodyBytes[index] = (this.#bodyBytes[index] as number) - bodyBytes;
    this.messages -= messages;
    this.bodyBytes -= bodyBytes;
  }

  /** Key of the first record that a row was written with. */
  firstKey(index: number): number {
    return this.#key[index] as number;
  }
  rowNumber(index: number): number {
    return this.#row[index] as number;
  }
  messagesOf(index: number): number {
    return this.#messages[index] as number;
  }
  bodyBytesOf(index: number): number {
    return this.#bodyBytes[index] as number;
  }

  /** The last row that begins at or before a position: where the first record after it may stand. 0 when there is none. */
  find(hi: number, lo: number, key: number): number {
    let from = 0;
    let to = this.rows;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (this.#isAfter(middle, hi, lo, key)) to = middle;
      else from = middle;
    }
    return from;
  }

  /** Whether a row begins after a position. */
  isAfter(index: number, hi: number, lo: number, key: number): boolean {
    return this.#isAfter(index, hi, lo, key);
  }

  /** Messages and bytes of all rows that may hold records of this hash, added to `sum`. */
  addCountAtMost(hi: number, lo: number, sum: { messages: number; bytes: number }): void {
    for (let index = this.find(hi, lo, -1); index < this.rows; index++) {
      if (this.#isAfter(index, hi, lo, Number.MAX_SAFE_INTEGER)) break;
      sum.messages += this.#messages[index] as number;
      sum.bytes += this.#bodyBytes[index] as number;
    }
  }

  #isAfter(index: number, hi: number, lo: number, key: number): boolean {
    const firstHi = this.#hi[index] as number;
    if (firstHi !== hi) return firstHi > hi;
    const firstLo = this.#lo[index] as number;
    if (firstLo !== lo) return firstLo > lo;
    return (this.#key[index] as number) > key;
  }

  #grow(): void {
    const length = this.#row.length * 2;
    const uint32 = (old: Uint32Array) => {
      const next = new Uint32Array(length);
      next.set(old);
      return next;
    };
    this.#hi = uint32(this.#hi);
    this.#lo = uint32(this.#lo);
    this.#row = uint32(this.#row);
    this.#messages = uint32(this.#messages);
    this.#bodyBytes = uint32(this.#bodyBytes);
    const keys = new Float64Array(length);
    keys.set(this.#key);
    this.#key = keys;
  }
}
