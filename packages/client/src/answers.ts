import type { ReceiptKind } from '@mailbeam/protocol';
import type { ClientEvents } from './client-events.js';
import type { Emitter } from './emitter.js';
import { FailedError } from './errors.js';
import type { RejectedError } from './errors.js';
import type { Entry, Outbox } from './outbox.js';
import type { Receipts } from './receipts.js';
import type { Journal } from './state/journal.js';
import { stateKey } from './state/saved-state.js';
import type { Turn } from './turn.js';

/**
 * The router's answers to what the outbox holds: each entry is told once how it ended, by ACCEPTED, REJECTED or a
 * RECEIPT that says as much, and is taken out of the saved state.
 */
export class Answers {
  private readonly outbox: Outbox;
  private readonly receipts: Receipts;
  private readonly journal: Journal;
  private readonly turn: Turn;
  private readonly events: Emitter<ClientEvents>;
  /** Answers that the application is told when they are out of the saved state. */
  private readonly untold = new Set<() => void>();

  constructor(outbox: Outbox, receipts: Receipts, journal: Journal, turn: Turn, events: Emitter<ClientEvents>) {
    this.outbox = outbox;
    this.receipts = receipts;
    this.journal = journal;
    this.turn = turn;
    this.events = events;
  }

  /** Whether the application knows all answers that came. */
  get allTold(): boolean {
    return this.untold.size === 0;
  }

  /** ACCEPTED, which covers all up to its `cid`. */
  accepted(cid: number, ts: number): void {
    for (const entry of this.outbox.answeredUpTo(cid)) this.accept(entry, ts);
  }

  /**
   * REJECTED.
   * @param now the router's time, as REJECTED has none
   */
  rejected(error: RejectedError, now: number): void {
    for (const entry of this.outbox.answeredUpTo(error.cid)) {
      if (entry.cid === error.cid) this.reject(entry, error);
      // Everything below a rejected cid is answered too, and what was not rejected was accepted.
      else this.accept(entry, now);
    }
  }

  /** A RECEIPT of kind 1 or 2 for what this very client sent to `peer`. */
  taken(peer: string, kind: ReceiptKind, cid: number, ts: number): void {
    // The message `cid` was taken. Of those below it some may have been rejected, with the answer still under way.
    const entry = this.outbox.findLeft(peer, cid);
    if (entry !== undefined) this.accept(entry, ts);
    this.receipts.cumulative(peer, kind, cid, ts);
  }

  /** A RECEIPT of kind 3 for what this very client sent to `peer`, from `cid` to `upTo`. */
  failed(peer: string, cid: number, upTo: number, code: string): void {
    for (const entry of this.outbox.leftTo(peer, cid, upTo)) this.fail(entry, code);
    this.receipts.failed(peer, cid, upTo, code);
  }

  /** Ends an entry as REJECTED does. */
  reject(entry: Entry, error: RejectedError): void {
    if (!this.outbox.settle(entry)) return;
    const { order, sent, cid } = entry;
    // The application may do as it likes with a rejected message, so a restart must not find it unanswered.
    this.remove(entry, () => {
      sent.settle(error);
      this.events.emit('rejected', { kind: order.kind, cid, to: order.to, error });
    });
  }

  /** At the end of the client: tells what the saved state could not be rid of in time. */
  tellAll(): void {
    for (const tell of this.untold) tell();
  }

  private accept(entry: Entry, ts: number): void {
    if (!this.outbox.settle(entry)) return;
    const { order, sent, cid } = entry;
    this.remove(entry);
    sent.settle({ cid, ts });
    this.events.emit('accepted', { kind: order.kind, cid, to: order.to, ts });
    if (order.kind === 'send') this.receipts.track(cid, sent);
  }

  private fail(entry: Entry, code: string): void {
    if (!this.outbox.settle(entry)) return;
    // What expired or was purged had been accepted: its ACCEPTED comes, and until then the router counts it.
    entry.answeredByReceipt = code !== 'expired' && code !== 'purged';
    const error = new FailedError(entry.cid, code);
    this.remove(entry, () => {
      entry.sent.settle(error);
      entry.sent.emit('failed', error);
    });
  }

  /** Removes a settled entry from the saved state, then calls `tell`. */
  private remove(entry: Entry, tell?: () => void): void {
    if (tell !== undefined) this.untold.add(tell);
    this.journal.set(stateKey.order(entry.cid), undefined);
    this.journal.whenDurable(() => {
      this.outbox.removed(entry);
      if (tell !== undefined && this.untold.delete(tell)) tell();
    });
    this.turn.wake();
  }
}
