import { copyStore } from './backup.js';
import type { Backup } from './backup.js';
import { CommitQueue } from './commit-queue.js';
import { DeepWalk } from './deep-walk.js';
import { Disk } from './disk.js';
import type { StoreSpace } from './disk.js';
import { StoreError } from './errors.js';
import { LmdbBatch } from './lmdb-batch.js';
import type { LmdbState } from './lmdb-state.js';
import type {
  Batch,
  DueMessage,
  Ledger,
  MailboxCount,
  MailboxStore,
  MailboxWalk,
  PendingMessage,
  PendingReceipt,
  SenderRecord,
} from './mailbox-store.js';
import { dueMessages } from './due.js';
import { flushNames, makeDurably } from './durable-directory.js';
import { checkFormat, readFormat, writeFormat } from './format-file.js';
import { removeLeftCopies } from './left-copies.js';
import { Maintenance } from './maintenance.js';
import { readState } from './open-state.js';
import { resolveOptions } from './options.js';
import { claim, disown } from './owner.js';
import type { LmdbStoreOptions } from './options.js';
import { PairLookUps } from './pair-look-ups.js';
import { receiptAfter, receiptId } from './receipt-overlay.js';
import { bodyBytesOf, cidOf, isFrom, messageOf, originOf } from './record.js';
import { SenderSweep } from './sender-sweep.js';
import { heedStrayRejections, ignoreStrayRejections } from './stray-rejections.js';
import { originKey, receiptRange, senderKey, tableValue } from './table-row.js';

/**
 * Opens the store in a directory, and makes one there when it is empty. Only one process may have it open for writing.
 * @throws StoreError `bad_option`, `format_unknown`, `format_old`, `store_missing`, `store_corrupt`, `store_in_use`; rejects with `commit_failed` when the opening could
 * not be noted on disk
 */
export async function openLmdbStore(dir: string, options: LmdbStoreOptions = {}): Promise<LmdbStore> {
  const resolved = resolveOptions(options);
  await makeDurably(dir);
  await claim(dir);
  let disk;
  try {
    removeLeftCopies(dir);
    checkFormat(dir);
    disk = new Disk(dir);
    const state = readState(disk, resolved, Date.now());
    state.openings.forEach((opening, partition) => (state.openings[partition] = opening + 1));
    disk.startTurn();
    const header = state.putHeader({});
    const written = disk.lastWritten;
    await written;
    await written?.flushed;
    if (readFormat(dir) === undefined) writeFormat(dir, header);
    await flushNames(dir);
    ignoreStrayRejections();
    return new LmdbStore(state, dir);
  } catch (error) {
    await disk?.close();
    disown(dir);
    throw error;
  }
}

/** A read copies bodies up to this size, so that buffers can be used again; larger ones keep theirs. */
const COPIED_BODY_BYTES = 1024;

/** The embedded {@link MailboxStore}: a log, sorted runs and small tables in one LMDB environment (README.md). */
export class LmdbStore implements MailboxStore {
  readonly openings: Readonly<Uint32Array>;
  readonly ledger: Ledger;
  readonly #state: LmdbState;
  readonly #maintenance: Maintenance;
  readonly #commits: CommitQueue;
  #isClosed = false;
  readonly #lookUps = new PairLookUps();
  readonly #dir: string;
  /** Settles when no copy is under way: LMDB must not be closed below one. */
  #copies: Promise<unknown> = Promise.resolve();

  /** @internal use {@link openLmdbStore} */
  constructor(state: LmdbState, dir: string) {
    this.#state = state;
    this.#dir = dir;
    this.openings = state.openings;
    this.ledger = state.active.ledger ?? state.ledger;
    this.#maintenance = new Maintenance(state);
    this.#commits = new CommitQueue(state, this.#maintenance);
    this.#maintenance.wake();
  }

  partitionOf(user: string): number {
    return this.#state.hash.partitionOf(user);
  }

  begin(): Batch {
    return new LmdbBatch(this.#state.hash, this.#state.blockPool);
  }

  commit(batch: Batch): Promise<void> {
    if (this.#isClosed) return Promise.reject(new StoreError('store_closed'));
    if (!(batch instanceof LmdbBatch))
      return Promise.reject(new StoreError('bad_operation', 'a batch of another store'));
    return this.#commits.commit(batch);
  }

  get pending(): MailboxCount {
    for (const mark of this.#state.uncounted) this.#state.countMark(mark);
    return { messages: this.#state.liveMessages, bytes: this.#state.liveBytes };
  }

  count(user: string): MailboxCount {
    const { hash, deep } = this.#state;
    hash.of(user);
    const { hi, lo } = hash;
    const known = deep.get(hi, lo, user);
    if (known !== undefined) return known;
    this.#state.countMarksOf(user);
    const exact = this.#recount(user);
    deep.keep(hi, lo, user, exact);
    return exact;
  }

  #recount(user: string): MailboxCount {
    let messages = 0;
    let bytes = 0;
    this.#state.eachMessage(user, this.#all(user), (cursor) => {
      messages += 1;
      bytes += bodyBytesOf(cursor.bytes, cursor.at);
      return true;
    });
    return { messages, bytes };
  }

  countAtMost(user: string): MailboxCount {
    return this.#state.countAtMost(user);
  }

  get deepest(): MailboxCount {
    const { runs, active, frozen } = this.#state;
    let messages = active.slots.mostMessages + (frozen?.slots.mostMessages ?? 0);
    let bytes = active.slots.mostBytes + (frozen?.slots.mostBytes ?? 0);
    for (const run of runs) {
      messages += run.mostMessages;
      bytes += run.mostBytes;
    }
    return { messages, bytes };
  }

  deepMailboxes(least: number): MailboxWalk {
    return new DeepWalk(this.#state, least, () => this.#isClosed);
  }

  read(user: string, after: number, before: number, limit: number, maxBytes: number): PendingMessage[] {
    const found: PendingMessage[] = [];
    if (limit <= 0) return found;
    let bytes = 0;
    this.#state.eachMessage(user, this.#state.wanted(user, after, before), (cursor) => {
      bytes += bodyBytesOf(cursor.bytes, cursor.at);
      if (found.length > 0 && bytes > maxBytes) return false;
      const isSmall = bodyBytesOf(cursor.bytes, cursor.at) <= COPIED_BODY_BYTES;
      if (!isSmall) cursor.keep();
      found.push(messageOf(cursor.bytes, cursor.at, isSmall));
      return found.length < limit;
    });
    return found;
  }

  holds(user: string, from: string, origin: number, cid: number): boolean {
    return this.#lookUps.holds(user, from, origin, cid, this.#state.applied, (found) => {
      const name = Buffer.from(from);
      this.#state.eachMessage(user, this.#all(user), ({ bytes, at }) => {
        if (originOf(bytes, at) === origin && isFrom(bytes, at, name)) found(cidOf(bytes, at));
        return true;
      });
    });
  }

  receipts(user: string): PendingReceipt[] {
    const { disk, hash, active, frozen } = this.#state;
    hash.of(user);
    const kept = new Map<string, PendingReceipt>();
    for (const { key, value } of disk.receipts.getRange(receiptRange(hash.hi, hash.lo, user))) {
      const receipt = tableValue<PendingReceipt>(value, 'receipts', key);
      kept.set(receiptId(receipt.peer, receipt.kind, receipt.origin, receipt.kind === 3 ? receipt.cid : 0), receipt);
    }
    for (const tail of [frozen, active])
      for (const [id, change] of tail?.receipts.users.get(user) ?? []) {
        const after = receiptAfter(kept.get(id), change);
        if (after === undefined) kept.delete(id);
        else kept.set(id, after);
      }
    return [...kept.values()].sort((a, b) => a.key - b.key);
  }

  sender(user: string, client: string): SenderRecord | undefined {
    const { disk, hash, active, frozen } = this.#state;
    const recent = active.users.sender(user, client) ?? frozen?.users.sender(user, client);
    if (recent !== undefined) return recent;
    hash.of(user);
    const key = senderKey(hash.hi, hash.lo, user, client);
    const row = disk.senders.getBinary(key);
    return row === undefined ? undefined : tableValue<SenderRecord>(row, 'senders', key);
  }

  highestOrigin(user: string): number {
    const { disk, hash, active, frozen } = this.#state;
    hash.of(user);
    const key = originKey(hash.hi, hash.lo, user);
    const row = disk.users.getBinary(key);
    const stored = row === undefined ? 0 : tableValue<number>(row, 'users', key);
    return Math.max(this.#state.originFloor, stored, frozen?.users.originOf(user) ?? 0, active.users.originOf(user));
  }

  sweepSenders(beforeMs: number): Promise<number> {
    if (this.#isClosed) return Promise.reject(new StoreError('store_closed'));
    const sweep = new SenderSweep(this.#state, beforeMs);
    this.#maintenance.sweep(sweep);
    return sweep.finished;
  }

  due(now: number, limit: number): DueMessage[] {
    return dueMessages(this.#state, now, limit);
  }

  /**
   * Copies the store as it is now into an empty directory; what is committed meanwhile is not in the copy, and goes on.
   * Resolves when the copy is on disk.
   * @throws StoreError `directory_not_empty`, `store_closed`; an error of the file system
   */
  backup(to: string): Promise<Backup> {
    if (this.#isClosed) return Promise.reject(new StoreError('store_closed'));
    const copied = copyStore(this.#state.disk, to);
    this.#copies = Promise.allSettled([this.#copies, copied]);
    return copied;
  }

  /** What it takes on disk. */
  get space(): StoreSpace {
    return this.#state.disk.space;
  }

  get quiet(): boolean {
    return this.#commits.isEmpty && this.#maintenance.isQuiet;
  }

  async settle(): Promise<void> {
    await this.#commits.whenEmpty();
    await this.#maintenance.settle();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { disk } = this.#state;
    await this.#copies;
    await this.#commits.whenEmpty();
    await this.#maintenance.close();
    disk.startTurn();
    this.#state.putHeader({ closed: true });
    const written = disk.lastWritten;
    await written;
    await written?.flushed;
    await disk.close();
    disown(this.#dir);
    heedStrayRejections();
  }

  #all(user: string): ReturnType<LmdbState['wanted']> {
    return this.#state.wanted(user, -1, Number.MAX_SAFE_INTEGER);
  }
}
