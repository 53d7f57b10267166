import type { Arena } from './arena.js';
import { BLOCK_HEADER, RUN_ROW, pagesOf, sealBlock } from './block.js';
import { runKey } from './disk.js';
import type { Disk } from './disk.js';
import { bodyBytesOf, bytesOf, hashHiOf, hashLoOf, keyOf, recordLength } from './record.js';
import type { Bytes } from './record.js';
import type { Run, RowEntry } from './run.js';

/** Rows are one page, so that any free page takes one; a record that does not fit gets a row of its own. */
export const ROW_BYTES = pagesOf(1);

/**
 * Adds records, in order, to the end of a run: within one transaction. The run's directory learns of the rows by
 * {@link RunWriter.apply}, once they are written.
 */
export class RunWriter {
  readonly #disk: Disk;
  readonly #arena: Arena;
  readonly #run: Run;
  readonly #entries: RowEntry[] = [];
  #row: Bytes | undefined;
  #nextRow: number;
  #used = 0;
  #records = 0;
  #bodySum = 0;
  bytes = 0;

  constructor(disk: Disk, arena: Arena, run: Run) {
    this.#disk = disk;
    this.#arena = arena;
    this.#run = run;
    this.#nextRow = run.rows === 0 ? 0 : run.rowNumber(run.rows - 1) + 1;
  }

  /** Copies the APPEND record at `at`. */
  add(source: Bytes, at: number): void {
    const length = recordLength(source, at);
    if (this.#row !== undefined && this.#used + length > this.#row.buffer.length) this.#finishRow();
    const row = this.#row ?? this.#beginRow(length);
    row.buffer.set(source.buffer.subarray(at, at + length), this.#used);
    this.#used += length;
    this.#records += 1;
    this.#bodySum += bodyBytesOf(source, at);
    this.#run.filter.add(hashHiOf(source, at), hashLoOf(source, at));
  }

  /** Puts the last row. */
  finish(): void {
    if (this.#row !== undefined) this.#finishRow();
  }

  /** Makes the rows known to the run. */
  apply(): void {
    for (const entry of this.#entries) this.#run.add(entry);
  }

  get messages(): number {
    return this.#entries.reduce((sum, entry) => sum + entry.messages, 0);
  }

  #beginRow(length: number): Bytes {
    this.#used = BLOCK_HEADER;
    return (this.#row = bytesOf(this.#arena.take(Math.max(ROW_BYTES, BLOCK_HEADER + length))));
  }

  #finishRow(): void {
    const row = bytesOf((this.#row as Bytes).buffer.subarray(0, this.#used));
    sealBlock(row, RUN_ROW, this.#records, this.#bodySum);
    this.#disk.put(this.#disk.runs, runKey(this.#run.id, this.#nextRow), row.buffer);
    this.#entries.push({
      row: this.#nextRow,
      hi: hashHiOf(row, BLOCK_HEADER),
      lo: hashLoOf(row, BLOCK_HEADER),
      key: keyOf(row, BLOCK_HEADER),
      messages: this.#records,
      bodyBytes: this.#bodySum,
    });
    this.bytes += this.#used;
    this.#nextRow += 1;
    this.#records = 0;
    this.#bodySum = 0;
    this.#row = undefined;
  }
}
