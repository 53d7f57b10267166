import { EraseMark } from './erase-mark.js';
import type { Ledger, SenderRecord } from './mailbox-store.js';
import { ReceiptOverlay } from './receipt-overlay.js';
import { expiresAtOf } from './record.js';
import { Slots } from './slots.js';

/**
 * What log blocks say and the runs and tables do not yet: rebuilt from the log at the start, frozen and moved into the
 * runs and tables by a checkpoint.
 */
export class Tail {
  readonly slots = new Slots();
  /** By user: what is to be erased from the runs. */
  readonly marks = new Map<string, EraseMark>();
  readonly receipts = new ReceiptOverlay();
  readonly senders = new Map<string, Map<string, SenderRecord>>();
  /** By user: the highest origin given. */
  readonly origins = new Map<string, number>();
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

  putSender(user: string, client: string, record: SenderRecord): void {
    let clients = this.senders.get(user);
    if (clients === undefined) this.senders.set(user, (clients = new Map()));
    clients.set(client, record);
    this.useOrigin(user, record.origin);
  }

  useOrigin(user: string, origin: number): void {
    const known = this.origins.get(user);
    if (known === undefined || known < origin) this.origins.set(user, origin);
  }
}
