import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { RUN_ROW, checkBlock } from './block.js';
import { bytesOf } from './record.js';
import type { Bytes } from './record.js';
import type { Run } from './run.js';

const PAGE = 4096;

type Table = Database<Buffer, Buffer>;

/** What LMDB tells of a table, which its types leave out. */
interface TreeStats {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  readonly entryCount: number;
}

/** What a store takes on disk. */
export interface StoreSpace {
  /** The data file. It never shrinks; pages that are free in it are used again. */
  readonly fileBytes: number;
  /** Pages of it that hold something. */
  readonly usedBytes: number;
  /** Clients of users that are kept, but for those of the last moment. */
  readonly clients: number;
  /** Users that ever had a client, but for those of the last moment. */
  readonly users: number;
}

/**
 * The LMDB environment and its named databases. Everything that is put or removed in one turn of the event loop is one
 * transaction; {@link Disk.lastWritten} is its promise.
 *
 *     meta      'header' -> header row                          log      u64 block number -> log block
 *     runs      u32 run, u32 row -> run row                     receipts user, kind, origin, cid, peer -> RECEIPT
 *     senders   user, client -> SENDER                          users    user -> ORIGIN
 *     expiry    f64 expiresAt, hash, f64 key -> APPEND without its body
 */
export class Disk {
  readonly #env: RootDatabase<Buffer, Buffer>;
  readonly dir: string;
  readonly meta: Table;
  readonly log: Table;
  readonly runs: Table;
  readonly receipts: Table;
  readonly senders: Table;
  readonly users: Table;
  readonly expiry: Table;
  readonly #tables: readonly Table[];
  readonly #rows: Bytes[] = [];
  #written: Flushable | undefined;

  constructor(dir: string, readOnly = false) {
    this.dir = dir;
    this.#env = open<Buffer, Buffer>(dir, {
      encoding: 'binary',
      separateFlushed: true,
      maxDbs: 32,
      noSubdir: false,
      readOnly,
    });
    if (!readOnly) for (const file of ['data.mdb', 'lock.mdb']) makePrivate(join(dir, file));
    const table = (name: string): Table =>
      this.#env.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' });
    this.meta = table('meta');
    this.log = table('log');
    this.runs = table('runs');
    this.receipts = table('receipts');
    this.senders = table('senders');
    this.users = table('users');
    this.expiry = table('expiry');
    this.#tables = [this.meta, this.log, this.runs, this.receipts, this.senders, this.users, this.expiry];
  }

  /** Keeps a view on `value` until the transaction is written: its bytes must not change before. */
  put(table: Table, key: Buffer, value: Buffer): void {
    this.#watch(table.put(key, value) as Flushable);
  }

  remove(table: Table, key: Buffer): void {
    this.#watch(table.remove(key) as Flushable);
  }

  /** Puts of one turn share a promise, removals have one each; whoever waits, waits for the last. */
  #watch(written: Flushable): void {
    if (written === this.#written) return;
    this.#written = written;
    written.catch(silence);
  }

  /** Begins to watch what is put in this turn. */
  startTurn(): void {
    this.#written = undefined;
  }

  /** The promise of what was put since {@link Disk.startTurn}; undefined when that is nothing. */
  get lastWritten(): Flushable | undefined {
    return this.#written;
  }

  /**
   * A copy of a run's row, perhaps with more bytes behind it; undefined when all that it held was erased a moment ago.
   * Give it back with {@link Disk.release} when nothing refers to it.
   * @throws StoreError `store_corrupt`
   */
  readRow(run: Run, index: number): Bytes | undefined {
    if (run.messagesOf(index) === 0) return undefined;
    const row = run.rowNumber(index);
    // LMDB's own buffer: much longer than `length`, and overwritten by the next read.
    const shared = this.runs.getBinaryFast(runKey(run.id, row));
    if (shared === undefined) return undefined;
    const length = shared.length;
    const bytes =
      (length <= PAGE ? this.#rows.pop() : undefined) ?? bytesOf(Buffer.allocUnsafeSlow(Math.max(PAGE, length)));
    bytes.buffer.set(new Uint8Array(shared.buffer, shared.byteOffset, length));
    checkBlock(bytes, length, RUN_ROW, () => `row ${row} of run ${run.id}`);
    return bytes;
  }

  /** Takes a row back for the next read. */
  release(row: Bytes): void {
    if (row.buffer.length === PAGE && this.#rows.length < 64) this.#rows.push(row);
  }

  /** Makes reads see what other processes have written. */
  refresh(): void {
    this.#env.resetReadTxn();
  }

  /** Pages and rows, as the last commit left them; well under a millisecond. */
  get space(): StoreSpace {
    const { pageSize, lastPageNumber } = this.#env.getStats() as TreeStats & { readonly lastPageNumber: number };
    let used = 2;
    for (const table of this.#tables) {
      const { treeBranchPageCount, treeLeafPageCount, overflowPages } = table.getStats() as TreeStats;
      used += treeBranchPageCount + treeLeafPageCount + overflowPages;
    }
    return {
      fileBytes: (lastPageNumber + 1) * pageSize,
      usedBytes: used * pageSize,
      clients: (this.senders.getStats() as TreeStats).entryCount,
      users: (this.users.getStats() as TreeStats).entryCount,
    };
  }

  /** Copies what is live, as it is at one moment, into an empty directory; not flushed. */
  copy(to: string): Promise<void> {
    return this.#env.backup(to, true);
  }

  close(): Promise<void> {
    return this.#env.close();
  }
}

/** Takes a file that holds bodies from other users of the machine: LMDB makes it readable for all, and the directory may be, too. */
export function makePrivate(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    // a store of somebody else, who has let us write it, stays as that one wants it
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** Resolves when it is visible to readers; `flushed` then resolves when it is on disk. */
export type Flushable = Promise<boolean> & { readonly flushed: Promise<unknown> };

/** LMDB hands the cause of a failed commit over as a second promise, which would end the process when nobody looks at it. */
function silence(error: { readonly commitError?: Promise<unknown> }): void {
  error.commitError?.catch(() => undefined);
}

const runKeyBytes = Buffer.alloc(8);

/** Key of a run's row. The same buffer every time: LMDB copies keys at once. */
export function runKey(run: number, row: number): Buffer {
  runKeyBytes.writeUInt32BE(run, 0);
  runKeyBytes.writeUInt32BE(row, 4);
  return runKeyBytes;
}

export const runOfKey = (key: Buffer): number => key.readUInt32BE(0);
export const rowOfKey = (key: Buffer): number => key.readUInt32BE(4);

const logKeyBytes = Buffer.alloc(8);

export function logKey(block: number): Buffer {
  logKeyBytes.writeUInt32BE(Math.floor(block / 2 ** 32), 0);
  logKeyBytes.writeUInt32BE(block % 2 ** 32, 4);
  return logKeyBytes;
}

export const blockOfKey = (key: Buffer): number => key.readUInt32BE(0) * 2 ** 32 + key.readUInt32BE(4);
