import { logKey } from './disk.js';
import type { EraseMark } from './erase-mark.js';
import type { Job } from './job.js';
import type { LmdbState } from './lmdb-state.js';
import type { PendingReceipt, SenderRecord } from './mailbox-store.js';
import { receiptAfter } from './receipt-overlay.js';
import type { ReceiptChange } from './receipt-overlay.js';
import { LOG_BLOCK_BYTES } from './lmdb-batch.js';
import { bodyBytesOf, bytesOf, cidOf, expiresAtOf, keyOf, originOf, secondNameOf, userOf } from './record.js';
import { eraseFromRow } from './row-eraser.js';
import type { TakenFromRow } from './row-eraser.js';
import { RunWriter } from './run-writer.js';
import { Run } from './run.js';
import { expiryKey, originKey, receiptKey, senderKey, tableRow, tableValue } from './table-row.js';
import type { ExpiryValue } from './table-row.js';
import type { Tail } from './tail.js';

const MOST_POOLED_BLOCKS = 256;

/**
 * Moves the frozen tail into the runs and tables, then drops its log blocks:
 * count what its marks cover, erase that from the runs, write what survives as a new run, bring the tables up to date,
 * publish. Until the last step readers take the tail as the truth and a crash leaves the log, from which everything is
 * done anew: erasing twice, merging a receipt twice and putting a sender twice change nothing, and the rows of a run that
 * the header does not name are garbage.
 */
export class Checkpoint implements Job {
  isDone = false;
  readonly #state: LmdbState;
  readonly #tail: Tail;
  readonly #marks: readonly EraseMark[];
  readonly #order: Uint32Array;
  readonly #run: Run;
  readonly #tableWrites: (() => void)[];
  #counted = 0;
  #runIndex = 0;
  #markIndex = 0;
  #rowIndex = -1;
  #written = 0;
  #tablesDone = 0;

  constructor(state: LmdbState, tail: Tail) {
    this.#state = state;
    this.#tail = tail;
    // Marks of users who share a hash begin in the order of their rows, so that no row is taken for visited that was not.
    this.#marks = [...tail.marks.values()].sort((a, b) => a.hi - b.hi || a.lo - b.lo || a.lowest - b.lowest);
    this.#order = tail.slots.sorted();
    this.#run = new Run(state.nextRun++, this.#order.length);
    this.#tableWrites = [...this.#receiptWrites(), ...this.#senderWrites(), ...this.#originWrites()];
  }

  write(bytes: number, deadline: number): () => void {
    while (this.#counted < this.#marks.length) {
      if (this.#state.countPart(this.#marks[this.#counted] as EraseMark)) this.#counted++;
      if (performance.now() > deadline) return () => undefined;
    }
    if (this.#runIndex < this.#state.runs.length && this.#marks.length > 0) return this.#eraseRows(deadline);
    if (this.#written < this.#order.length) return this.#writeRun(bytes, deadline);
    if (this.#tablesDone < this.#tableWrites.length) return this.#writeTables(deadline);
    return this.#publish();
  }

  /** Erases from rows of the runs, mark by mark in the order of the rows. */
  #eraseRows(deadline: number): () => void {
    const state = this.#state;
    const taken: TakenFromRow[] = [];
    let runIndex = this.#runIndex;
    let markIndex = this.#markIndex;
    let rowIndex = this.#rowIndex;
    let visited = -1;
    let visits = 0;
    const isOver = (): boolean => (++visits & 7) === 0 && performance.now() > deadline;
    walk: for (; runIndex < state.runs.length; runIndex++, markIndex = 0, visited = -1) {
      const run = state.runs[runIndex] as Run;
      for (; markIndex < this.#marks.length; markIndex++, rowIndex = -1) {
        const mark = this.#marks[markIndex] as EraseMark;
        if (run.messages === 0 || !run.filter.mayHold(mark.hi, mark.lo)) continue;
        if (rowIndex === -1) rowIndex = run.find(mark.hi, mark.lo, mark.lowest - 1);
        for (; rowIndex < run.rows && !run.isAfter(rowIndex, mark.hi, mark.lo, mark.highest); rowIndex++) {
          if (rowIndex <= visited) continue;
          if (isOver()) break walk;
          const from = eraseFromRow(state, run, rowIndex, this.#marks, markIndex);
          if (from !== undefined) taken.push(from);
          visited = rowIndex;
        }
      }
    }
    const sum = (of: (from: TakenFromRow) => number): number => taken.reduce((total, from) => total + of(from), 0);
    if (taken.length > 0)
      state.putHeader({ messages: -sum((from) => from.messages), bodyBytes: -sum((from) => from.bodyBytes) });
    return () => {
      for (const { run, index, messages, bodyBytes } of taken) run.take(index, messages, bodyBytes);
      this.#runIndex = runIndex;
      this.#markIndex = markIndex;
      this.#rowIndex = rowIndex;
    };
  }

  #writeRun(bytes: number, deadline: number): () => void {
    const { slots } = this.#tail;
    const state = this.#state;
    state.frozenIsBeingWritten = true;
    const writer = new RunWriter(state.disk, state.arena, this.#run);
    let next = this.#written;
    let soonest = Infinity;
    for (; next < this.#order.length && writer.bytes < bytes; next++) {
      if ((next & 63) === 63 && performance.now() > deadline) break;
      const slot = this.#order[next] as number;
      if (slots.isErased(slot)) continue;
      const block = slots.block(slot);
      const at = slots.at(slot);
      writer.add(block, at);
      const expiresAt = expiresAtOf(block, at);
      if (expiresAt === 0) continue;
      soonest = Math.min(soonest, expiresAt);
      const value: ExpiryValue = [
        userOf(block, at),
        secondNameOf(block, at),
        originOf(block, at),
        cidOf(block, at),
        bodyBytesOf(block, at),
      ];
      state.disk.put(
        state.disk.expiry,
        expiryKey(expiresAt, slots.hi(slot), slots.lo(slot), keyOf(block, at)),
        tableRow(value),
      );
    }
    writer.finish();
    return () => {
      writer.apply();
      state.nextExpiryRow = Math.min(state.nextExpiryRow, soonest); // until now they were due as slots
      this.#written = next;
    };
  }

  #writeTables(deadline: number): () => void {
    let next = this.#tablesDone;
    while (next < this.#tableWrites.length) {
      (this.#tableWrites[next++] as () => void)();
      if ((next & 15) === 0 && performance.now() > deadline) break;
    }
    return () => {
      this.#tablesDone = next;
    };
  }

  /** The one step that makes the run known and the log superfluous. */
  #publish(): () => void {
    const state = this.#state;
    const isKept = (run: Run): boolean =>
      run.messages > 0 || state.merge?.target === run || state.merge?.sources.includes(run) === true;
    const kept = state.runs.filter(isKept);
    const runs = this.#run.messages > 0 ? [...kept, this.#run] : kept;
    const ledger = this.#tail.ledger ?? state.ledger;
    const logStart = this.#tail.logEnd;
    for (const block of this.#tail.logBlocks) state.disk.remove(state.disk.log, logKey(block));
    state.putHeader({ messages: this.#run.messages, bodyBytes: this.#run.bodyBytes, runs, ledger, logStart });
    return () => {
      state.runs = runs;
      state.ledger = ledger;
      state.logStart = logStart;
      state.frozen = undefined;
      state.frozenIsBeingWritten = false;
      this.#recycleBlocks();
      this.isDone = true;
    };
  }

  #recycleBlocks(): void {
    const { blockPool } = this.#state;
    for (const { buffer } of this.#tail.slots.unpinnedBlocks()) {
      if (blockPool.length >= MOST_POOLED_BLOCKS) return;
      if (buffer.buffer.byteLength === LOG_BLOCK_BYTES) blockPool.push(bytesOf(Buffer.from(buffer.buffer)));
    }
  }

  *#receiptWrites(): Iterable<() => void> {
    for (const changes of this.#tail.receipts.users.values())
      for (const change of changes.values()) yield () => this.#writeReceipt(change);
  }

  #writeReceipt(change: ReceiptChange): void {
    const { disk, hash } = this.#state;
    hash.of(change.user);
    const key = receiptKey(hash.hi, hash.lo, change.user, change.kind, change.origin, change.idCid, change.peer);
    const row = disk.receipts.getBinary(key);
    const base = row === undefined ? undefined : tableValue<PendingReceipt>(row, 'receipts', key);
    const after = receiptAfter(base, change);
    if (after === base) return;
    if (after === undefined) disk.remove(disk.receipts, key);
    else disk.put(disk.receipts, key, tableRow(after));
  }

  *#senderWrites(): Iterable<() => void> {
    for (const [user, client, record] of this.#tail.users.senders())
      yield () => this.#writeSender(user, client, record);
  }

  #writeSender(user: string, client: string, record: SenderRecord): void {
    const { disk, hash } = this.#state;
    hash.of(user);
    disk.put(disk.senders, senderKey(hash.hi, hash.lo, user, client), tableRow(record));
  }

  *#originWrites(): Iterable<() => void> {
    for (const [user, origin] of this.#tail.users.origins()) yield () => this.#writeOrigin(user, origin);
  }

  #writeOrigin(user: string, origin: number): void {
    const { disk, hash } = this.#state;
    hash.of(user);
    const key = originKey(hash.hi, hash.lo, user);
    const row = disk.users.getBinary(key);
    if (row === undefined || tableValue<number>(row, 'users', key) < origin)
      disk.put(disk.users, key, tableRow(origin));
  }
}
