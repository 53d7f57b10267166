import { BLOCK_HEADER, recordCountOf } from './block.js';
import type { Disk } from './disk.js';
import { hashHiOf, hashLoOf, keyOf, recordLength } from './record.js';
import type { Bytes } from './record.js';
import { comparePositions } from './run.js';
import type { Position, Run } from './run.js';

const NOWHERE = undefined as unknown as Bytes;

/** Walks over the records of a run, which are sorted by the hashes of their mailboxes. Good for one turn: runs change between two. */
export class RunWalk {
  isOver = false;
  /** Of the current record. */
  hi = 0;
  lo = 0;
  key = 0;
  bytes: Bytes = NOWHERE;
  at = 0;
  readonly run: Run;
  /** Of the current row. */
  index: number;
  readonly #disk: Disk;
  #left = 0;
  #following = 0;

  /** @param after stands on the first record behind it, and behind what a merge has taken */
  constructor(disk: Disk, run: Run, after: Position) {
    this.#disk = disk;
    this.run = run;
    const { low } = run;
    const from = low !== undefined && comparePositions(low.hi, low.lo, low.key, after) > 0 ? low : after;
    this.index = run.find(from.hi, from.lo, from.key) - 1;
    do this.step();
    while (!this.isOver && comparePositions(this.hi, this.lo, this.key, from) <= 0);
  }

  step(): void {
    while (this.#left === 0) if (!this.#nextRow()) return;
    const at = this.#following;
    this.at = at;
    this.hi = hashHiOf(this.bytes, at);
    this.lo = hashLoOf(this.bytes, at);
    this.key = keyOf(this.bytes, at);
    this.#following = at + recordLength(this.bytes, at);
    this.#left -= 1;
  }

  isAt(hi: number, lo: number): boolean {
    return !this.isOver && this.hi === hi && this.lo === lo;
  }

  /** Steps over all that is left of a hash, without a look at rows that hold nothing else. */
  pass(hi: number, lo: number): void {
    if (!this.isAt(hi, lo)) return;
    const last = this.run.find(hi, lo, Number.MAX_SAFE_INTEGER);
    if (last > this.index) {
      this.index = last - 1;
      this.#left = 0;
    }
    do this.step();
    while (this.isAt(hi, lo));
  }

  /** Gives the current row back. */
  close(): void {
    if (this.bytes !== NOWHERE) this.#disk.release(this.bytes);
    this.bytes = NOWHERE;
  }

  #nextRow(): boolean {
    this.index += 1;
    if (this.index >= this.run.rows) {
      this.close();
      this.isOver = true;
      return false;
    }
    const row = this.#disk.readRow(this.run, this.index);
    if (row === undefined) return true;
    this.close();
    this.bytes = row;
    this.#left = recordCountOf(row);
    this.#following = BLOCK_HEADER;
    return true;
  }
}
