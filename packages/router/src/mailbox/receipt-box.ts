import type { FailCode } from '@mailbeam/protocol';
import type { PendingReceipt, ReceiptKind } from '@mailbeam/store';
import { Fifo } from '../fifo.js';
import { Receipt } from './receipt.js';
import { Where } from './request.js';
import type { Request } from './request.js';

/** Everything there is of one (peer, kind, origin), or of one failed cid: merged receipts share a slot. */
export class ReceiptSlot {
  readonly peer: string;
  readonly kind: ReceiptKind;
  readonly origin: number;
  /** Kind 3 only: each failed cid has a slot of its own; else 0. */
  readonly failedCid: number;
  /** Kind 3 only: the last cid of a range; else 0. */
  upTo = 0;
  /** The highest cid of it that was put into a commit and not erased; 0 = none. */
  storedCid = 0;
  /** The highest cid of it that was acked on this node. */
  ackedCid = 0;
  /** Waits to be handed out. */
  queued: Receipt | null = null;
  inFlight = 0;
  /** Erasures that are not flushed yet. */
  erasing = 0;

  constructor(peer: string, kind: ReceiptKind, origin: number, failedCid: number) {
    this.peer = peer;
    this.kind = kind;
    this.origin = origin;
    this.failedCid = failedCid;
  }

  /** True when its client has acked as much (semantics 7.5). */
  isKnown(cid: number): boolean {
    return this.kind !== 3 && cid <= this.ackedCid;
  }

  get empty(): boolean {
    return this.queued === null && this.inFlight === 0 && this.erasing === 0 && this.storedCid === 0;
  }
}

/** A receipt to be put into a mailbox. */
export interface NewReceipt {
  readonly peer: string;
  readonly kind: ReceiptKind;
  readonly origin: number;
  readonly cid: number;
  readonly ts: number;
  readonly code: FailCode | '';
  readonly upTo: number;
  /** Chain of the requests that it settles. */
  readonly requests: Request | null;
  /** True when it must not be lost by a crash, whether or not it has left. */
  readonly needsDisk: boolean;
}

/**
 * The receipts of one mailbox: merged, so that at most the newest of (peer, kind, origin) waits (semantics 7.2). One that was
 * handed out is not changed any more, and its ack erases what it carried, no more (semantics 7.3).
 */
export class ReceiptBox {
  /** Kinds 1 and 2, by peer. */
  #slots = new Map<string, ReceiptSlot[]>();
  /** Kind 3, by `failureKey`. */
  #failures = new Map<string, ReceiptSlot>();
  #queue = new Fifo<Receipt>();
  /** Receipts that wait or are in flight. */
  waiting = 0;

  /** Adds or merges; returns the receipt that now carries it, or undefined where nothing is left to do. */
  put(n: NewReceipt, nextKey: () => number): Receipt | undefined {
    const slot = this.slot(n.peer, n.kind, n.origin, n.kind === 3 ? n.cid : 0);
    const queued = slot.queued;
    const known = queued !== null && queued.where === Where.STORED ? queued.cid : 0;
    if (slot.isKnown(n.cid) || (n.kind !== 3 && n.cid <= known)) {
      // its client knows as much, or will from what is on disk already
      const done = new Receipt(slot, 0, n.cid, n.ts, '', 0);
      done.carry(n.requests);
      done.kept();
      return undefined;
    }
    if (queued !== null && n.kind !== 3) {
      if (queued.where !== Where.WRITING) {
        if (n.cid > queued.cid) {
          queued.cid = n.cid;
          queued.ts = n.ts;
        }
        queued.where = Where.UNWRITTEN;
        queued.carry(n.requests);
        queued.needsDisk ||= n.needsDisk;
        return queued;
      }
      queued.gone = true;
      this.waiting--;
    }
    slot.upTo = n.upTo;
    const receipt = new Receipt(slot, nextKey(), Math.max(n.cid, queued?.cid ?? 0), n.ts, n.code, n.upTo);
    receipt.carry(n.requests);
    receipt.needsDisk = n.needsDisk;
    slot.queued = receipt;
    this.#queue.push(receipt);
    this.waiting++;
    return receipt;
  }

  /** The receipt that is next to be handed out. */
  peek(): Receipt | undefined {
    let receipt = this.#queue.peek();
    while (receipt !== undefined && receipt.gone) {
      this.#queue.shift();
      receipt = this.#queue.peek();
    }
    return receipt;
  }

  /** Takes the next receipt for a connection. */
  handOut(): Receipt {
    const receipt = this.#queue.shift()!;
    receipt.slot.queued = null;
    receipt.slot.inFlight++;
    return receipt;
  }

  /** Its client has it. Returns true when something on disk must be erased for it. */
  acked(receipt: Receipt): boolean {
    const { slot } = receipt;
    receipt.gone = true;
    slot.inFlight--;
    this.waiting--;
    if (receipt.cid > slot.ackedCid) slot.ackedCid = receipt.cid;
    receipt.kept();
    const erase = slot.storedCid > 0 && slot.storedCid <= receipt.cid;
    if (erase) {
      slot.storedCid = 0;
      slot.erasing++;
    } else this.#dropIfEmpty(slot);
    return erase;
  }

  /** It is on disk and nobody is connected: it need not be in memory. */
  forget(receipt: Receipt): void {
    const { slot } = receipt;
    if (slot.queued !== receipt || receipt.where !== Where.STORED) return;
    slot.queued = null;
    slot.storedCid = 0; // read back at the next login
    receipt.gone = true;
    this.waiting--;
    this.#dropIfEmpty(slot);
    this.peek();
  }

  /** An erasure of this slot is on disk. */
  erased(slot: ReceiptSlot): void {
    slot.erasing--;
    this.#dropIfEmpty(slot);
  }

  /**
   * The connection is gone: what it owed is unacked again. Calls `write` for every receipt that exists only in memory and
   * from now on has nobody to ack it soon.
   */
  takeBack(inFlight: Iterable<Receipt>, write: (receipt: Receipt) => void): void {
    const back = [...inFlight];
    for (const receipt of back) {
      receipt.slot.inFlight--;
      if (receipt.slot.isKnown(receipt.cid)) receipt.kept();
      else this.#merge(receipt);
    }
    const queue = new Fifo<Receipt>();
    for (const receipt of [...back, ...this.#queue]) if (receipt.slot.queued === receipt) queue.push(receipt);
    this.#queue = queue;
    this.waiting = queue.length;
    for (const receipt of queue) {
      if (receipt.where !== Where.UNWRITTEN) continue;
      receipt.needsDisk = true;
      write(receipt);
    }
    for (const receipt of back) this.#dropIfEmpty(receipt.slot);
  }

  /** Leaves the newest receipt of a slot in it; what lies on disk need not be in memory. */
  #merge(receipt: Receipt): void {
    const { slot } = receipt;
    const queued = slot.queued;
    if (queued === null) {
      slot.queued = receipt.where === Where.STORED ? null : receipt;
      return;
    }
    const newer = queued.cid >= receipt.cid ? queued : receipt;
    const older = newer === queued ? receipt : queued;
    older.gone = true;
    if (older.where === Where.UNWRITTEN) {
      newer.carry(older.requests);
      older.requests = null;
    }
    slot.queued = newer;
    if (newer.where !== Where.STORED) return;
    newer.kept();
    slot.queued = null;
  }

  /** Adds what lies in the store for a new connection, in front of what is only in memory. */
  load(stored: readonly PendingReceipt[]): void {
    const queue = new Fifo<Receipt>();
    const inMemory = [...this.#queue].filter((r) => !r.gone);
    for (const receipt of inMemory) if (receipt.where === Where.STORED) receipt.slot.queued = null;
    for (const p of stored) {
      const slot = this.slot(p.peer, p.kind, p.origin, p.kind === 3 ? p.cid : 0);
      if (slot.ackedCid >= p.cid) continue; // its erasure is under way
      slot.upTo = p.upTo;
      if (p.cid > slot.storedCid) slot.storedCid = p.cid;
      if (slot.queued !== null) continue; // a newer one waits in memory
      const receipt = new Receipt(slot, p.key, p.cid, p.ts, p.code as FailCode | '', p.upTo);
      receipt.where = Where.STORED;
      slot.queued = receipt;
      queue.push(receipt);
    }
    for (const receipt of inMemory) if (receipt.where !== Where.STORED) queue.push(receipt);
    this.#queue = queue;
    this.waiting = queue.length;
  }

  /** True when a failure of `cid` to `peer` waits, alone or in a range (semantics 4.2). */
  failureOf(peer: string, origin: number, cid: number): boolean {
    const alone = this.#failures.get(failureKey(peer, origin, cid));
    if (alone !== undefined && alone.ackedCid === 0) return true;
    for (const s of this.#failures.values()) {
      if (s.upTo >= cid && s.failedCid <= cid && s.peer === peer && s.origin === origin && s.ackedCid === 0)
        return true;
    }
    return false;
  }

  /**
   * The highest cid to `peer` that a waiting or acked receipt of kind 1 covers; 0 = none. One of kind 2 says what the peer
   * claims to have read, which may be above anything that was ever sent.
   */
  takenUpTo(peer: string, origin: number): number {
    let cid = 0;
    for (const s of this.#slots.get(peer) ?? []) {
      if (s.origin !== origin || s.kind !== 1) continue;
      cid = Math.max(cid, s.storedCid, s.ackedCid, s.queued?.cid ?? 0);
    }
    return cid;
  }

  /** True when nothing of it has to stay in memory for a mailbox without a connection. */
  get idle(): boolean {
    for (const receipt of this.#queue) if (!receipt.gone && receipt.where !== Where.STORED) return false;
    for (const slots of this.#slots.values()) for (const s of slots) if (s.erasing > 0) return false;
    for (const s of this.#failures.values()) if (s.erasing > 0) return false;
    return true;
  }

  slot(peer: string, kind: ReceiptKind, origin: number, failedCid: number): ReceiptSlot {
    if (kind === 3) {
      const key = failureKey(peer, origin, failedCid);
      let slot = this.#failures.get(key);
      if (slot === undefined) this.#failures.set(key, (slot = new ReceiptSlot(peer, kind, origin, failedCid)));
      return slot;
    }
    let slots = this.#slots.get(peer);
    if (slots === undefined) this.#slots.set(peer, (slots = []));
    for (const s of slots) if (s.origin === origin && s.kind === kind) return s;
    const slot = new ReceiptSlot(peer, kind, origin, failedCid);
    slots.push(slot);
    return slot;
  }

  #dropIfEmpty(slot: ReceiptSlot): void {
    if (!slot.empty) return;
    if (slot.kind === 3) {
      this.#failures.delete(failureKey(slot.peer, slot.origin, slot.failedCid));
      return;
    }
    const slots = this.#slots.get(slot.peer);
    if (slots === undefined) return;
    const i = slots.indexOf(slot);
    if (i >= 0) slots.splice(i, 1);
    if (slots.length === 0) this.#slots.delete(slot.peer);
  }
}

function failureKey(peer: string, origin: number, cid: number): string {
  return `${origin}.${cid}.${peer}`;
}
