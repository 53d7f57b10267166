import { EraseMark } from './erase-mark.js';
import type { Ledger } from './mailbox-store.js';
import { ReceiptOverlay } from './receipt-overlay.js';
import { expiresAtOf } from './record.js';
import { Slots } from './slots.js';
import { TailUsers } from './tail-users.js';

/**
 * What log blocks say and the runs and tables do not yet: rebuilt from the log at the start, frozen and moved into the
 * runs and tables by a checkpoint.
 */
export class Tail {
  readonly slots = new Slots();
  /** By user: what is to be erased from the runs. */
  readonly marks = new Map<string, EraseMark>();
  readonly receipts = new ReceiptOverlay();
  readonly users = new TailUsers();
  ledger: Ledger | undefined;
  /** Bytes of the log blocks that it rests on. */
  bytes = 0;
  /** Records applied. */
  records = 0;
  /** Number after the last log block that it rests on. */
  logEnd = 0;
  /** Numbers of the log blocks that it rests on. */
  readonly logBlocks: number[] = [];
  /** Whether something that was erased still lies on disk on its account. */
  hasErased = false;

  /**
   * The earliest end of a `ttl`, or one that has passed and may be gone since; Infinity when there is none. Found anew
   * only when it has passed or messages came.
   */
  nextExpiry(now: number): number {
    const { slots } = this;
    if (this.#expirySlots === slots.withTtl.length && this.#nextExpiry > now) return this.#nextExpiry;
    this.#expirySlots = slots.withTtl.length;
    this.#nextExpiry = Infinity;
    for (const slot of slots.withTtl)
      if (!slots.isErased(slot))
        this.#nextExpiry = Math.min(this.#nextExpiry, expiresAtOf(slots.block(slot), slots.at(slot)));
    return this.#nextExpiry;
  }
  #nextExpiry = Infinity;
  #expirySlots = 0;

  mark(user: string, hi: number, lo: number): EraseMark {
    let mark = this.marks.get(user);
    if (mark === undefined) this.marks.set(user, (mark = new EraseMark(user, hi, lo)));
    return mark;
  }
}
