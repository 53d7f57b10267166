import { RUN_ROW, eachRecord, openBlock } from '../block.js';
import { blockOfKey, rowOfKey, runOfKey } from '../disk.js';
import { StoreError } from '../errors.js';
import { FORMAT_ID, FORMAT_VERSION } from '../header.js';
import type { Header } from '../header.js';
import type { Ledger, PendingReceipt, SenderRecord } from '../mailbox-store.js';
import { NameHash } from '../name-hash.js';
import { hashHiOf, hashLoOf, keyOf, userOf } from '../record.js';
import { comparePositions } from '../run.js';
import type { Position } from '../run.js';
import { rowName, sendersOfKey, tableValue, userOfKey } from '../table-row.js';
import { tracesIn } from './damaged-block.js';
import type { UnreadMessage } from './damaged-block.js';
import { BadPage } from './data-file.js';
import type { DataFile, Snapshot } from './data-file.js';
import { LogReader } from './log-reader.js';
import type { MessageAt } from './log-reader.js';
import { entriesOf, tablesOf } from './tree-walk.js';

const MOST_NAMES = 20;
/** Messages of damaged blocks that are noted. */
const MOST_UNREAD = 100_000;
/** Bytes that are read of a key. */
const SHORTEST_KEY = { meta: 0, log: 8, runs: 8, receipts: 10, senders: 10, users: 10 } as const;

/** Told of everything that cannot be read. */
export type OnLoss = (what: string) => void;

type TableName = 'meta' | 'log' | 'runs' | 'receipts' | 'senders' | 'users';

interface Entry {
  readonly key: Buffer;
  readonly value: () => Buffer;
}

/** A message of a run. */
export interface StoredMessage extends MessageAt {
  readonly user: string;
}

/** A store that may be damaged, read without LMDB: whatever is readable in one of its snapshots. */
export class OldStore {
  readonly header: Header | undefined;
  readonly log = new LogReader();
  readonly #hash: NameHash | undefined;
  readonly #file: DataFile;
  readonly #tables: ReadonlyMap<string, number | undefined>;
  readonly #onLoss: OnLoss;
  readonly #unread: UnreadMessage[] = [];

  constructor(file: DataFile, onLoss: OnLoss) {
    this.#file = file;
    this.#onLoss = onLoss;
    this.#tables = tablesIn(file, onLoss);
    this.header = this.#readHeader();
    this.#hash = this.header && new NameHash(this.header.seed[0], this.header.seed[1]);
    this.#readLog();
  }

  /** Totals of all messages ever, as the last thing that is readable says. */
  get ledger(): Ledger | undefined {
    return this.log.ledger ?? this.header?.ledger;
  }

  /**
   * The messages of the runs that were not erased; those of a mailbox rise by key. Without a header some may come twice, and
   * all are in memory at once.
   */
  *inRuns(): Iterable<StoredMessage> {
    const rows = new Map<number, Entry[]>();
    for (const entry of this.#entries('runs')) {
      const of = rows.get(runOfKey(entry.key));
      if (of === undefined) rows.set(runOfKey(entry.key), [entry]);
      else of.push(entry);
    }
    // what is in none of these was left by a crash in a checkpoint or merge
    for (const run of this.header?.runs ?? [])
      for (const row of rows.get(run.id) ?? []) yield* this.#messagesOf(row, run.low);
    if (this.header !== undefined) return;
    const all = [...rows.values()].flat().flatMap((row) => this.#messagesOf(row, undefined));
    yield* all.sort((a, b) => keyOf(a.bytes, a.at) - keyOf(b.bytes, b.at));
  }

  *receipts(): Iterable<readonly [user: string, receipt: PendingReceipt]> {
    for (const { key, value } of this.#entries('receipts')) {
      const receipt = this.#guarded(rowName('receipts', key), () => {
        return [this.#userOf('receipts', key), tableValue<PendingReceipt>(value(), 'receipts', key)] as const;
      });
      if (receipt !== undefined) yield receipt;
    }
  }

  *senders(): Iterable<readonly [user: string, client: string, sender: SenderRecord]> {
    for (const { key, value } of this.#entries('senders')) {
      const sender = this.#guarded(rowName('senders', key), () => {
        const user = this.#userOf('senders', key);
        return [user, sendersOfKey(key).client, tableValue<SenderRecord>(value(), 'senders', key)] as const;
      });
      if (sender !== undefined) yield sender;
    }
  }

  *origins(): Iterable<readonly [user: string, origin: number]> {
    for (const { key, value } of this.#entries('users')) {
      const origin = this.#guarded(rowName('users', key), () => {
        return [this.#userOf('users', key), tableValue<number>(value(), 'users', key)] as const;
      });
      if (origin !== undefined) yield origin;
    }
  }

  /** The user of a key, which has no checksum, but the hash of the name. */
  #userOf(table: TableName, key: Buffer): string {
    const user = userOfKey(key);
    const hash = this.#hash;
    hash?.of(user);
    if (user !== '' && (hash === undefined || (hash.hi === key.readUInt32BE(0) && hash.lo === key.readUInt32BE(4))))
      return user;
    throw new StoreError('store_corrupt', `the key of ${rowName(table, key)} is damaged`);
  }

  #readHeader(): Header | undefined {
    for (const { key, value } of this.#entries('meta')) {
      const header = this.#guarded(rowName('meta', key), () => tableValue<Header>(value(), 'meta', key));
      if (header?.format !== FORMAT_ID) continue;
      if (header.version <= FORMAT_VERSION) return header;
      throw new StoreError('format_unknown', `version ${header.version}, this is version ${FORMAT_VERSION}`);
    }
    this.#onLoss('the header row is lost: how far a merge had come is not known, and the ledger begins anew');
    return undefined;
  }

  #readLog(): void {
    let next = this.header?.logStart;
    for (const { key, value } of this.#entries('log')) {
      const number = blockOfKey(key);
      if (next !== undefined && number > next)
        this.#onLoss(
          number - 1 > next ? `log blocks ${next} to ${number - 1} are missing` : `log block ${next} is missing`,
        );
      next = number + 1;
      let block: Buffer = Buffer.alloc(0);
      const read = (): void => this.log.read((block = value()), `log block ${number}`);
      this.#guarded(`log block ${number}`, read, () => this.#tracesIn(block));
    }
  }

  #messagesOf({ key, value }: Entry, low: Position | undefined): StoredMessage[] {
    const found: StoredMessage[] = [];
    const where = `row ${rowOfKey(key)} of run ${runOfKey(key)}`;
    let row: Buffer = Buffer.alloc(0);
    const read = (): void => {
      row = value();
      const bytes = openBlock(row, RUN_ROW, where);
      eachRecord(bytes, where, (at) => {
        const one = keyOf(bytes, at);
        const isMoved = low !== undefined && comparePositions(hashHiOf(bytes, at), hashLoOf(bytes, at), one, low) <= 0;
        const user = userOf(bytes, at);
        if (!isMoved && !this.log.covers(user, one)) found.push({ user, bytes, at });
      });
    };
    this.#guarded(where, read, () => this.#tracesIn(row, low));
    return found;
  }

  *#entries(table: TableName): Iterable<Entry> {
    for (const entry of entriesOf(this.#file, this.#tables.get(table)))
      if (entry.lost !== undefined) this.#onLoss(`a part of the table ${table}: ${entry.lost}`);
      else if (entry.key.length < SHORTEST_KEY[table]) this.#onLoss(`a key of the table ${table} is cut off`);
      else yield entry;
  }

  /** What is damaged is told; undefined then. @param concerns whom, if that can be made out */
  #guarded<T>(where: string, read: () => T, concerns: () => string = () => ''): T | undefined {
    try {
      return read();
    } catch (error) {
      const what = error instanceof StoreError ? error.detail : `${where}: ${(error as Error).message}`;
      this.#onLoss(what + concerns());
      return undefined;
    }
  }

  /** Messages of damaged blocks that were not erased, as far as can be made out: senders whom nobody tells. Complete once everything was read. */
  get unread(): UnreadMessage[] {
    return this.#unread.filter(({ to, key }) => !this.log.covers(to, key));
  }

  /** Of a damaged block the names whose hash fits are told, and its messages noted, but for those that a merge has moved. */
  #tracesIn(block: Buffer, low?: Position): string {
    const hash = this.#hash;
    if (hash === undefined) return '';
    const { users, messages } = tracesIn(block, hash);
    for (const message of messages) {
      hash.of(message.to);
      const isMoved = low !== undefined && comparePositions(hash.hi, hash.lo, message.key, low) <= 0;
      if (!isMoved && this.#unread.length < MOST_UNREAD) this.#unread.push(message);
    }
    const names = [...users];
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return names.length === 0 ? '' : `; it was about ${names.slice(0, MOST_NAMES).join(', ')}${more}`;
  }
}

function tablesIn(file: DataFile, onLoss: OnLoss): ReadonlyMap<string, number | undefined> {
  const snapshots: Snapshot[] = file.snapshots();
  for (const [i, snapshot] of snapshots.entries()) {
    try {
      return tablesOf(file, snapshot);
    } catch (error) {
      if (!(error instanceof BadPage)) throw error;
      const older = i + 1 < snapshots.length ? '; the snapshot before it is read' : '';
      onLoss(`the list of tables cannot be read: ${error.message}${older}`);
    }
  }
  throw new StoreError('store_corrupt', 'neither of the two pages at the beginning of the data file leads to a table');
}
