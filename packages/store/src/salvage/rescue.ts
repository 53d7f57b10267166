import { Disk } from '../disk.js';
import { openLmdbStore } from '../lmdb-store.js';
import type { LmdbStore } from '../lmdb-store.js';
import type { Batch, Ledger, MailboxCount } from '../mailbox-store.js';
import { readState } from '../open-state.js';
import { resolveOptions } from '../options.js';
import { receiptAfter, receiptId } from '../receipt-overlay.js';
import { keyOf, messageOf } from '../record.js';
import { ORIGINS_LEFT_OUT } from '../restore.js';
import type { MessageAt } from './log-reader.js';
import type { OldStore } from './old-store.js';

const BATCH_BYTES = 1_000_000;
/** An opening of a partition numbers its messages from here on (docs/architecture.md). */
const KEYS_AN_OPENING = 2 ** 33;

/** What came into the new store. */
export interface Rescued {
  readonly pending: MailboxCount;
  readonly receipts: number;
  readonly clients: number;
  /** Messages that waited by the ledger and were not found; negative: more were found; undefined where no ledger was. */
  readonly missing: number | undefined;
}

/** Fills a new store from an old one. */
export class Rescue {
  readonly #old: OldStore;
  readonly #to: string;
  readonly #onProgress: (messages: number) => void;
  /** Without a header a message may stand in two runs, or in a run and in the log. */
  readonly #seen: Set<string> | undefined;
  #batch: Batch | undefined;
  #highestKey = 0;
  #highestOrigin = 0;
  #messages = 0;
  #receipts = 0;
  #clients = 0;

  constructor(old: OldStore, to: string, onProgress: (messages: number) => void) {
    this.#old = old;
    this.#to = to;
    this.#onProgress = onProgress;
    this.#seen = old.header === undefined ? new Set() : undefined;
  }

  async run(): Promise<Rescued> {
    const store = await openLmdbStore(this.#to);
    await this.#takeRuns(store);
    await this.#takeLog(store);
    await this.#takeReceipts(store);
    await this.#takeUsers(store);
    await this.#flush(store);
    const { pending } = store;
    const missing = await this.#takeLedger(store, pending.messages);
    await store.close();
    await this.#numberAnew();
    return { pending, receipts: this.#receipts, clients: this.#clients, missing };
  }

  async #takeRuns(store: LmdbStore): Promise<void> {
    for (const message of this.#old.inRuns()) if (this.#append(store, message.user, message)) await this.#flush(store);
  }

  async #takeLog(store: LmdbStore): Promise<void> {
    for (const [user, messages] of this.#old.log.messages)
      for (const message of messages.values()) if (this.#append(store, user, message)) await this.#flush(store);
    await this.#flush(store);
  }

  async #takeReceipts(store: LmdbStore): Promise<void> {
    const changes = new Map([...this.#old.log.receipts.users].map(([user, of]) => [user, new Map(of)]));
    for (const [user, receipt] of this.#old.receipts()) {
      const { peer, kind, origin, cid } = receipt;
      const id = receiptId(peer, kind, origin, kind === 3 ? cid : 0);
      const change = changes.get(user)?.get(id);
      changes.get(user)?.delete(id);
      const kept = change === undefined ? receipt : receiptAfter(receipt, change);
      if (kept === undefined) continue;
      this.#open(store).putReceipt(user, kept);
      this.#receipts += 1;
      if (this.#isFull) await this.#flush(store);
    }
    for (const [user, of] of changes)
      for (const change of of.values()) {
        const kept = receiptAfter(undefined, change);
        if (kept === undefined) continue;
        this.#open(store).putReceipt(user, kept);
        this.#receipts += 1;
      }
    await this.#flush(store);
  }

  async #takeUsers(store: LmdbStore): Promise<void> {
    const { users } = this.#old.log;
    for (const [user, origin] of this.#old.origins()) {
      this.#highestOrigin = Math.max(this.#highestOrigin, origin);
      this.#open(store).useOrigin(user, origin);
      if (this.#isFull) await this.#flush(store);
    }
    for (const [user, origin] of users.origins()) {
      this.#highestOrigin = Math.max(this.#highestOrigin, origin);
      this.#open(store).useOrigin(user, origin);
    }
    for (const [user, client, sender] of this.#old.senders()) {
      this.#highestOrigin = Math.max(this.#highestOrigin, sender.origin);
      if (users.sender(user, client) !== undefined) continue;
      this.#open(store).putSender(user, client, sender);
      this.#clients += 1;
      if (this.#isFull) await this.#flush(store);
    }
    for (const [user, client, sender] of users.senders()) {
      this.#open(store).putSender(user, client, sender);
      this.#clients += 1;
    }
    await this.#flush(store);
  }

  /** The ledger balances: what is missing has failed, what is too many was accepted. */
  async #takeLedger(store: LmdbStore, found: number): Promise<number | undefined> {
    const { ledger } = this.#old;
    const missing = ledger === undefined ? undefined : ledger.accepted - ledger.delivered - ledger.failed - found;
    this.#open(store).setLedger(balanced(ledger, missing ?? 0, found));
    await this.#flush(store);
    return missing;
  }

  /** True when the batch is to be written. */
  #append(store: LmdbStore, user: string, { bytes, at }: MessageAt): boolean {
    const key = keyOf(bytes, at);
    if (this.#seen !== undefined) {
      const id = `${key} ${user}`;
      if (this.#seen.has(id)) return false;
      this.#seen.add(id);
    }
    this.#open(store).append(user, messageOf(bytes, at, false));
    this.#highestKey = Math.max(this.#highestKey, key);
    this.#messages += 1;
    return this.#isFull;
  }

  #open(store: LmdbStore): Batch {
    return (this.#batch ??= store.begin());
  }

  get #isFull(): boolean {
    return (this.#batch?.bytes ?? 0) > BATCH_BYTES;
  }

  async #flush(store: LmdbStore): Promise<void> {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch !== undefined) await store.commit(batch);
    this.#onProgress(this.#messages);
  }

  /** New messages get keys above all old ones, and new clients origins above all that can have been given. */
  async #numberAnew(): Promise<void> {
    const disk = new Disk(this.#to);
    try {
      const state = readState(disk, resolveOptions({}), 0);
      const { header } = this.#old;
      const highest = Math.max(
        ...(header?.openings ?? [0]),
        Math.floor(this.#highestKey / KEYS_AN_OPENING),
        ...state.openings,
      );
      state.openings.fill(highest + 1);
      const floor = Math.max(header?.originFloor ?? 0, this.#highestOrigin) + ORIGINS_LEFT_OUT;
      disk.startTurn();
      state.putHeader({ originFloor: floor, closed: true });
      const written = disk.lastWritten;
      await written;
      await written?.flushed;
    } finally {
      await disk.close();
    }
  }
}

function balanced(ledger: Ledger | undefined, missing: number, found: number): Ledger {
  if (ledger === undefined) return { accepted: found, delivered: 0, failed: 0 };
  const { accepted, delivered, failed } = ledger;
  return missing >= 0
    ? { accepted, delivered, failed: failed + missing }
    : { accepted: accepted - missing, delivered, failed };
}
