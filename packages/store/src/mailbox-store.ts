/**
 * The seam between the router and whatever keeps pending messages (docs/architecture.md, "Seams").
 *
 * The router records operations in a {@link Batch} and hands it over with {@link MailboxStore.commit}; nothing of a
 * batch is visible to a read, and nothing of it survives a crash, before the promise of its commit has resolved: then
 * all of it is on disk and visible. Batches take effect in the order of their `commit` calls.
 */

/** A message as it waits in a mailbox. The router's own entries have this shape, so that an append allocates nothing. */
export interface PendingMessage {
  /** Place in the order of arrival of its mailbox: opening * 2^33 + counter. Never repeats, never above 2^53 - 1. */
  readonly key: number;
  /** Name of the sender, 1 to 128 bytes of UTF-8. */
  readonly from: string;
  /** Small number that stands for the sender's `client`. */
  readonly origin: number;
  readonly cid: number;
  /** When the router took it, ms since the epoch. */
  readonly ts: number;
  /** When it ends by its `ttl`, ms since the epoch; 0 = never. */
  readonly expiresAt: number;
  /** The body is `bytes[bodyStart, bodyEnd)`; the bytes never change after the append. */
  readonly bytes: Uint8Array;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** Receipt kinds of the protocol: 1 delivered, 2 read, 3 failed. */
export type ReceiptKind = 1 | 2 | 3;

/**
 * A receipt that waits in its sender's mailbox. Kinds 1 and 2 are kept once per (peer, origin, kind): the highest `cid`
 * wins. Kind 3 is kept once per (peer, origin, cid).
 */
export interface PendingReceipt {
  /** Place in the mailbox, from the same counter as {@link PendingMessage.key}. */
  readonly key: number;
  readonly peer: string;
  readonly kind: ReceiptKind;
  readonly origin: number;
  readonly cid: number;
  readonly ts: number;
  /** Kind 3 only: `expired`, `purged`, `undeliverable`; else ''. */
  readonly code: string;
  /** Kind 3 only: the last cid of a range; else 0. */
  readonly upTo: number;
}

/** A SEND or READ that was rejected, remembered so that a resend gets the same answer. */
export interface StoredRejection {
  readonly cid: number;
  readonly code: string;
  readonly detail: string;
  /** 0 = none. */
  readonly retryAfterMs: number;
}

/** What is kept of one `client` of a user (protocol, "Answers and resend"). */
export interface SenderRecord {
  readonly origin: number;
  /** Every cid up to it is settled; never runs ahead (semantics 2.7). */
  readonly lastCid: number;
  /** The highest cid of which anything was ever written. */
  readonly highCid: number;
  /** When it was last known to be in use, ms since the epoch. */
  readonly usedAt: number;
  /** In cid order, at most twice `sendWindow` (semantics 4.5). */
  readonly rejections: readonly StoredRejection[];
}

/** Messages and their body bytes. */
export interface MailboxCount {
  readonly messages: number;
  readonly bytes: number;
}

/** Totals since the store was made. pending = accepted - delivered - failed. */
export interface Ledger {
  readonly accepted: number;
  readonly delivered: number;
  readonly failed: number;
}

/** The operations of one atomic, durable commit, applied in the order in which they were recorded. */
export interface Batch {
  /** Operations recorded so far. */
  readonly size: number;
  /** Bytes that the commit will write to the log, roughly. */
  readonly bytes: number;
  /**
   * Adds a message. Its key must be above every key up to which this mailbox was ever erased (keys follow the order of
   * arrival); the body is copied here and now.
   */
  append(user: string, message: PendingMessage): void;
  /** Erases every message of `user` with a key up to `key`: what it has acked. */
  eraseUpTo(user: string, key: number): void;
  /** Erases one message out of turn (expired, purged, undeliverable). */
  erase(user: string, key: number): void;
  /** Adds or merges a receipt. One of the same (peer, origin, kind) with a lower `cid` is replaced, any other stays. */
  putReceipt(user: string, receipt: PendingReceipt): void;
  /** Erases the receipt of (peer, kind, origin) if what is kept does not go beyond `cid` (semantics 7.3); kind 3: exactly `cid`. */
  eraseReceipt(user: string, peer: string, kind: ReceiptKind, origin: number, cid: number): void;
  putSender(user: string, client: string, record: SenderRecord): void;
  /** Marks an origin as used although no client is kept for it. */
  useOrigin(user: string, origin: number): void;
  /** The totals as they are once this batch is on disk. */
  setLedger(ledger: Ledger): void;
}

/** A waiting message whose `ttl` has ended. */
export interface DueMessage {
  readonly user: string;
  readonly key: number;
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly bodyBytes: number;
}

/** A walk over the mailboxes of a store, in slices, while messages come and go. */
export interface MailboxWalk {
  /** Nothing is left, or the store is closed. */
  readonly isOver: boolean;
  /**
   * Walks on until about `until` of `performance.now()`, but at least by one mailbox, and calls `visit` with the user of each that is
   * deep enough, or nearly so: {@link MailboxStore.count} tells it exactly, then, in a millisecond or so. Whoever is visited may
   * read, but not close. A mailbox may come twice. One comes that is deep enough, all the while, by messages that it
   * held when the walk began; what arrives later, whoever commits it knows of.
   * @throws StoreError `store_corrupt`
   */
  step(until: number, visit: (user: string) => void): void;
}

/** Where a mailbox that waits for its owner is kept. Reads see what is on disk, and only that. */
export interface MailboxStore {
  /** How often each of the 64 partitions was opened, this time included: the upper part of every key. */
  readonly openings: Readonly<Uint32Array>;
  /** What was found at the start. */
  readonly ledger: Ledger;
  /** Messages on disk that no one has acked. */
  readonly pending: MailboxCount;
  /** The partition of a user, 0 to 63. */
  partitionOf(user: string): number;
  begin(): Batch;
  /**
   * Writes a batch; resolves when it is flushed to disk and visible. Rejects with a StoreError (`commit_failed`) when it
   * could not be written; nothing of it is then visible, and the same batch may be committed again. No operation may be
   * added to a batch once it was handed over.
   */
  commit(batch: Batch): Promise<void>;
  /** Exact count of the messages of a mailbox. */
  count(user: string): MailboxCount;
  /** An upper bound of {@link count}, in well under a microsecond. */
  countAtMost(user: string): MailboxCount;
  /** An upper bound of {@link count} for every mailbox there is, in a few nanoseconds: far from a quota nobody is looked up. */
  readonly deepest: MailboxCount;
  /** A walk over the mailboxes that hold `least` messages or more. It keeps nothing of those that it passes. */
  deepMailboxes(least: number): MailboxWalk;
  /**
   * Messages of a mailbox with `after < key < before`, oldest first, at most `limit`, and no more than bodies of `maxBytes`
   * in all (but always at least one, if there is one).
   */
  read(user: string, after: number, before: number, limit: number, maxBytes: number): PendingMessage[];
  /** True when the message `cid` of (from, origin) waits in the mailbox of `user`. */
  holds(user: string, from: string, origin: number, cid: number): boolean;
  /** Every waiting receipt of `user` in key order. */
  receipts(user: string): PendingReceipt[];
  sender(user: string, client: string): SenderRecord | undefined;
  /** The highest origin ever given to one of the user's clients; 0 when there was none. */
  highestOrigin(user: string): number;
  /**
   * Forgets the clients of users that were not used since `beforeMs` (ms since the epoch), in slices; their origins are
   * never given again. Resolves with how many were forgotten, once that is on disk.
   */
  sweepSenders(beforeMs: number): Promise<number>;
  /** Waiting messages whose `expiresAt` is at or before `now`, at most `limit`. They stay until they are erased. */
  due(now: number, limit: number): DueMessage[];
  /** True when no merge, erasure or sweep is left to do. */
  readonly quiet: boolean;
  /** Resolves when {@link quiet}. */
  settle(): Promise<void>;
  /** Waits for commits under way, puts everything in its final place, closes. */
  close(): Promise<void>;
}
