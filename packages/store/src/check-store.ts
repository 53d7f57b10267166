import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_BLOCK, RUN_ROW, bodySumOf, eachRecord, openBlock } from './block.js';
import { Disk, blockOfKey, rowOfKey, runOfKey } from './disk.js';
import { StoreError } from './errors.js';
import { checkFormat, checkVersion, compareFormat } from './format-file.js';
import { readHeader } from './header.js';
import type { Header } from './header.js';
import type { Ledger, MailboxCount, PendingReceipt, SenderRecord } from './mailbox-store.js';
import { NameHash } from './name-hash.js';
import { inUse, ownerOf } from './owner.js';
import * as record from './record.js';
import type { Bytes } from './record.js';
import { comparePositions } from './run.js';
import type { Position } from './run.js';
import { expiryKey, originKey, sendersOfKey, tableValue } from './table-row.js';

/** What {@link checkStore} found. */
export interface StoreReport {
  /** True when `problems` is empty. */
  readonly clean: boolean;
  /** Sentences, at most {@link MOST_PROBLEMS}; no names and no bodies. */
  readonly problems: readonly string[];
  /** Messages that wait, counted one by one. */
  readonly pending: MailboxCount;
  readonly receipts: number;
  readonly clients: number;
  readonly ledger: Ledger;
  readonly closedInGoodOrder: boolean;
  readonly rows: number;
  readonly logBlocks: number;
}

/** What has been looked at so far. */
export interface CheckProgress {
  readonly rows: number;
  readonly messages: number;
}

export const MOST_PROBLEMS = 100;
const PROGRESS_EVERY_ROWS = 10_000;

/**
 * Recounts a store entry by entry, verifies every checksum, order and reference, and compares with the totals of the
 * header and with the ledger. Writes nothing. Not beside a process that writes: LMDB's overlapping flush lets a reader that
 * opens the directory stop the writer for ever, about once in a hundred times (docs/decisions/0010).
 * @throws StoreError `store_in_use`, `store_missing`, `format_unknown`, `format_old`, or `store_corrupt` when there is no store or no header
 */
export async function checkStore(
  dir: string,
  onProgress: (progress: CheckProgress) => void = () => undefined,
): Promise<StoreReport> {
  checkFormat(dir);
  if (!existsSync(join(dir, 'data.mdb'))) throw new StoreError('store_corrupt', `there is no store in ${dir}`);
  const owner = ownerOf(dir);
  if (owner !== undefined && owner.pid !== process.pid) throw inUse(dir, owner);
  const disk = new Disk(dir, true);
  try {
    return new StoreCheck(disk, onProgress).run();
  } finally {
    await disk.close();
  }
}

interface Erased {
  upTo: number;
  readonly singles: Set<number>;
}

/** All in one turn: LMDB then reads from one snapshot. */
class StoreCheck {
  readonly #disk: Disk;
  readonly #onProgress: (progress: CheckProgress) => void;
  readonly #header: Header;
  readonly #hash: NameHash;
  readonly #problems: string[] = [];
  readonly #erased = new Map<string, Erased>();
  readonly #inLog = new Map<string, Map<number, number>>();
  #ledger: Ledger;
  #messages = 0;
  #bytes = 0;
  #rows = 0;
  #logBlocks = 0;

  constructor(disk: Disk, onProgress: (progress: CheckProgress) => void) {
    this.#disk = disk;
    this.#onProgress = onProgress;
    const header = readHeader(disk);
    if (header === undefined) throw new StoreError('store_corrupt', 'there is no header row');
    checkVersion(header, disk.dir);
    compareFormat(disk.dir, header);
    this.#header = header;
    this.#ledger = header.ledger;
    this.#hash = new NameHash(header.seed[0], header.seed[1]);
  }

  run(): StoreReport {
    this.#readLog();
    this.#readRuns();
    const receipts = this.#countRows(
      'receipts',
      (value, key) => void tableValue<PendingReceipt>(value, 'receipts', key),
    );
    const clients = this.#countRows('senders', (value, key) => this.#checkSender(value, key));
    this.#countRows('users', (value, key) => void tableValue<number>(value, 'users', key));
    this.#countRows('expiry', (value, key) => void tableValue<unknown>(value, 'expiry', key));
    this.#compareLedger();
    return {
      clean: this.#problems.length === 0,
      problems: this.#problems,
      pending: { messages: this.#messages, bytes: this.#bytes },
      receipts,
      clients,
      ledger: this.#ledger,
      closedInGoodOrder: this.#header.closed,
      rows: this.#rows,
      logBlocks: this.#logBlocks,
    };
  }

  #problem(sentence: string): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(sentence);
  }

  /** Runs a check of one value; what it throws is a problem, and the check goes on with the next value. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#problem(error instanceof StoreError ? error.detail : `${error as Error}`);
    }
  }

  #readLog(): void {
    for (const { key, value } of this.#disk.log.getRange({})) {
      const number = blockOfKey(key);
      this.#logBlocks += 1;
      if (number < this.#header.logStart) this.#problem(`log block ${number} is older than the last checkpoint`);
      this.#guard(() => {
        const block = openBlock(value, LOG_BLOCK, `log block ${number}`);
        eachRecord(block, `log block ${number}`, (at) => this.#readLogRecord(block, at));
      });
    }
    for (const mailbox of this.#inLog.values())
      for (const bytes of mailbox.values()) {
        this.#messages += 1;
        this.#bytes += bytes;
      }
  }

  #readLogRecord(block: Bytes, at: number): void {
    const type = record.recordType(block, at);
    if (type === record.LEDGER) this.#ledger = record.ledgerOf(block, at);
    if (type !== record.APPEND && type !== record.ERASE && type !== record.ERASE_UP_TO) return;
    const user = record.userOf(block, at);
    const key = record.keyOf(block, at);
    let mailbox = this.#inLog.get(user);
    if (mailbox === undefined) this.#inLog.set(user, (mailbox = new Map<number, number>()));
    if (type === record.APPEND) {
      mailbox.set(key, record.bodyBytesOf(block, at));
      return;
    }
    let erased = this.#erased.get(user);
    if (erased === undefined) this.#erased.set(user, (erased = { upTo: -1, singles: new Set() }));
    if (type === record.ERASE) {
      erased.singles.add(key);
      mailbox.delete(key);
      return;
    }
    erased.upTo = Math.max(erased.upTo, key);
    for (const waiting of [...mailbox.keys()]) if (waiting <= key) mailbox.delete(waiting);
  }

  #readRuns(): void {
    const runs = new Map(this.#header.runs.map((run) => [run.id, run]));
    const total = { messages: 0, bytes: 0 };
    let current = -1;
    let last: Position | undefined;
    for (const { key, value } of this.#disk.runs.getRange({})) {
      const run = runs.get(runOfKey(key));
      // Left by a crash in a checkpoint or merge; the router removes it.
      if (run === undefined) continue;
      if (run.id !== current) last = undefined;
      current = run.id;
      this.#rows += 1;
      const where = `row ${rowOfKey(key)} of run ${run.id}`;
      this.#guard(() => {
        last = this.#readRow(openBlock(value, RUN_ROW, where), where, run.low, last, total);
      });
      if (this.#rows % PROGRESS_EVERY_ROWS === 0) this.#onProgress({ rows: this.#rows, messages: this.#messages });
    }
    if (total.messages !== this.#header.messages || total.bytes !== this.#header.bodyBytes)
      this.#problem(
        `the runs hold ${total.messages} messages of ${total.bytes} bytes, the header says ${this.#header.messages} of ${this.#header.bodyBytes}`,
      );
  }

  #readRow(
    row: Bytes,
    where: string,
    low: Position | undefined,
    before: Position | undefined,
    total: { messages: number; bytes: number },
  ): Position | undefined {
    let last = before;
    let bodySum = 0;
    eachRecord(row, where, (at) => {
      const here = { hi: record.hashHiOf(row, at), lo: record.hashLoOf(row, at), key: record.keyOf(row, at) };
      const bodyBytes = record.bodyBytesOf(row, at);
      bodySum += bodyBytes;
      if (last !== undefined && comparePositions(here.hi, here.lo, here.key, last) < 0)
        this.#problem(`${where} is out of order`);
      last = here;
      const user = record.userOf(row, at);
      this.#hash.of(user);
      if (this.#hash.hi !== here.hi || this.#hash.lo !== here.lo)
        this.#problem(`${where} has a name with the hash of another`);
      if (low !== undefined && comparePositions(here.hi, here.lo, here.key, low) <= 0) return;
      total.messages += 1;
      total.bytes += bodyBytes;
      const erased = this.#erased.get(user);
      if (erased !== undefined && (here.key <= erased.upTo || erased.singles.has(here.key))) return;
      this.#messages += 1;
      this.#bytes += bodyBytes;
      this.#checkExpiry(row, at, where);
    });
    if (bodySum !== bodySumOf(row))
      this.#problem(`${where} holds ${bodySum} bytes of bodies, its header says ${bodySumOf(row)}`);
    return last;
  }

  #checkExpiry(row: Bytes, at: number, where: string): void {
    const expiresAt = record.expiresAtOf(row, at);
    if (expiresAt === 0) return;
    const key = expiryKey(expiresAt, record.hashHiOf(row, at), record.hashLoOf(row, at), record.keyOf(row, at));
    if (!this.#disk.expiry.doesExist(key)) this.#problem(`a message in ${where} has a ttl that nobody watches`);
  }

  #countRows(table: 'receipts' | 'senders' | 'users' | 'expiry', check: (value: Buffer, key: Buffer) => void): number {
    let rows = 0;
    for (const { key, value } of this.#disk[table].getRange({})) {
      rows += 1;
      this.#guard(() => check(value, key));
    }
    return rows;
  }

  #checkSender(value: Buffer, key: Buffer): void {
    const { origin } = tableValue<SenderRecord>(value, 'senders', key);
    const { user } = sendersOfKey(Buffer.from(key));
    this.#hash.of(user);
    const originOf = originKey(this.#hash.hi, this.#hash.lo, user);
    const row = this.#disk.users.getBinary(originOf);
    const highest = row === undefined ? 0 : tableValue<number>(row, 'users', originOf);
    if (highest < origin && !this.#hasLog())
      this.#problem(`a client has origin ${origin}, its user only knows ${highest}`);
  }

  /** The tables of a checkpoint under way are written in several transactions: until its end the log has the rest. */
  #hasLog(): boolean {
    return this.#logBlocks > 0;
  }

  #compareLedger(): void {
    const { accepted, delivered, failed } = this.#ledger;
    if (accepted === 0 && delivered === 0 && failed === 0) return;
    const expected = accepted - delivered - failed;
    if (expected !== this.#messages)
      this.#problem(
        `${this.#messages} messages wait, the ledger says ${accepted} - ${delivered} - ${failed} = ${expected}`,
      );
  }
}
