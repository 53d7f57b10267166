import { BLOCK_HEADER, recordCountOf } from './block.js';
import type { Disk } from './disk.js';
import { hashHiOf, hashLoOf, isFor, keyOf, recordLength } from './record.js';
import type { Bytes } from './record.js';
import type { Run } from './run.js';
import type { Slots } from './slots.js';

/** The messages of one mailbox in one place, oldest first; stands before the first one until {@link Cursor.next} is called. */
export interface Cursor {
  /** Key of the current message. */
  readonly key: number;
  /** Where the current APPEND record is. */
  readonly bytes: Bytes;
  readonly at: number;
  /** Steps to the next message; false when there is none. The bytes of the one before may then be overwritten. */
  next(): boolean;
  /** The bytes of the current message stay as they are for ever. */
  keep(): void;
  /** Ends before the end. */
  close(): void;
}

const NOWHERE = undefined as unknown as Bytes;

/** Whose messages, and which: `after < key < before`. */
export interface Wanted {
  readonly hi: number;
  readonly lo: number;
  readonly name: Buffer;
  readonly after: number;
  readonly before: number;
}

/** The messages of one mailbox in a run. */
export class RunCursor implements Cursor {
  key = 0;
  bytes: Bytes = NOWHERE;
  at = 0;
  readonly #disk: Disk;
  readonly #run: Run;
  readonly #wanted: Wanted;
  readonly #after: number;
  #index: number;
  #left = 0;
  #following = 0;
  #isKept = true;

  constructor(disk: Disk, run: Run, wanted: Wanted) {
    this.#disk = disk;
    this.#run = run;
    this.#wanted = wanted;
    this.#after = keyAfterLow(run, wanted);
    this.#index = run.find(wanted.hi, wanted.lo, this.#after) - 1;
  }

  next(): boolean {
    const { hi, lo, name, before } = this.#wanted;
    for (;;) {
      while (this.#left > 0) {
        const at = this.#following;
        this.#left -= 1;
        this.#following = at + recordLength(this.bytes, at);
        const hashHi = hashHiOf(this.bytes, at);
        if (hashHi < hi) continue;
        if (hashHi > hi || hashLoOf(this.bytes, at) > lo) return this.#end();
        if (hashLoOf(this.bytes, at) < lo) continue;
        const key = keyOf(this.bytes, at);
        if (key >= before) return this.#end();
        if (key <= this.#after || !isFor(this.bytes, at, name)) continue;
        this.at = at;
        this.key = key;
        return true;
      }
      if (!this.#nextRow()) return this.#end();
    }
  }

  keep(): void {
    this.#isKept = true;
  }

  close(): void {
    this.#end();
  }

  #end(): false {
    if (!this.#isKept) this.#disk.release(this.bytes);
    this.#isKept = true;
    return false;
  }

  #nextRow(): boolean {
    const { hi, lo, before } = this.#wanted;
    for (;;) {
      this.#index += 1;
      if (this.#index >= this.#run.rows || this.#run.isAfter(this.#index, hi, lo, before)) return false;
      const row = this.#disk.readRow(this.#run, this.#index);
      if (row === undefined) continue;
      this.#end();
      this.#isKept = false;
      this.bytes = row;
      this.#left = recordCountOf(row);
      this.#following = BLOCK_HEADER;
      return true;
    }
  }
}

/** The lower bound of the keys, when a merge has taken the run's beginning. */
function keyAfterLow(run: Run, { hi, lo, after }: Wanted): number {
  const low = run.low;
  if (low === undefined || hi > low.hi || (hi === low.hi && lo > low.lo)) return after;
  if (hi === low.hi && lo === low.lo) return Math.max(after, low.key);
  return Number.MAX_VALUE;
}

/** The messages of one mailbox in a tail. */
export class SlotCursor implements Cursor {
  key = 0;
  bytes: Bytes = NOWHERE;
  at = 0;
  readonly #slots: Slots;
  readonly #wanted: Wanted;
  #slot: number;
  #current = -1;

  constructor(slots: Slots, wanted: Wanted) {
    this.#slots = slots;
    this.#wanted = wanted;
    const group = slots.group(wanted.hi, wanted.lo);
    this.#slot = group === -1 ? -1 : slots.first(group);
  }

  next(): boolean {
    const { after, before, name } = this.#wanted;
    while (this.#slot !== -1) {
      const slot = this.#slot;
      const key = this.#slots.key(slot);
      if (key >= before) return false;
      this.#slot = this.#slots.next(slot);
      if (key <= after || this.#slots.isErased(slot)) continue;
      const bytes = this.#slots.block(slot);
      const at = this.#slots.at(slot);
      if (!isFor(bytes, at, name)) continue;
      this.#current = slot;
      this.key = key;
      this.bytes = bytes;
      this.at = at;
      return true;
    }
    return false;
  }

  keep(): void {
    this.#slots.pin(this.#current);
  }

  close(): void {
    this.#slot = -1;
  }
}
