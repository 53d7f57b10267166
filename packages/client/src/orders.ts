import { limits, nameKind } from '@mailbeam/protocol';
import { Cids } from './cids.js';
import { ArgumentError, illFormedName, OutboxFullError } from './errors.js';
import { bodyBytes } from './message.js';
import type { Message } from './message.js';
import type { Order } from './order.js';
import type { Outbox } from './outbox.js';
import { Sent } from './sent.js';
import type { Standing } from './standing.js';
import type { Journal } from './state/journal.js';
import { encodeOrder, encodeState, stateKey } from './state/saved-state.js';
import type { SavedState } from './state/saved-state.js';
import type { Turn } from './turn.js';

/**
 * Takes what the application wants sent and answered into the outbox, numbers it and saves it. A number is given when
 * its reservation is durable; what is numbered is saved in the same turn.
 */
export class Orders {
  private readonly outbox: Outbox;
  private readonly journal: Journal;
  private readonly turn: Turn;
  private readonly standing: Standing;
  private readonly cidBlock: number;
  private readonly cids = new Cids();
  /** Up to which `cid` of a sender and origin READ was said. */
  private readonly readUpTo = new Map<string, number>();

  constructor(outbox: Outbox, journal: Journal, turn: Turn, standing: Standing, cidBlock: number) {
    this.outbox = outbox;
    this.journal = journal;
    this.turn = turn;
    this.standing = standing;
    this.cidBlock = cidBlock;
  }

  /** The highest number that may have been used. */
  get usedCid(): number {
    return this.cids.used;
  }

  /** Puts back what an earlier run left unanswered. Answers its SENDs. */
  restore({ reservedCid, sendWindow, unanswered }: SavedState): { cid: number; sent: Sent }[] {
    this.cids.restore(reservedCid);
    const restored = unanswered.map(([cid, order]) => [cid, order, new Sent(order.to)] as const);
    this.outbox.restore(restored, sendWindow);
    return restored.filter(([, order]) => order.kind === 'send').map(([cid, , sent]) => ({ cid, sent }));
  }

  /** See `Client.send`. */
  send(to: string, body: Uint8Array | string, ttl: number | undefined): Sent {
    const sent = new Sent(to);
    if (nameKind(to) === 0) {
      sent.settle(illFormedName(to));
    } else if (ttl !== undefined && !isTtl(ttl)) {
      sent.settle(new ArgumentError(`ttl must be 1 to ${limits.ttlMaxSeconds} whole seconds, not ${String(ttl)}`));
    } else {
      this.take({ kind: 'send', to, body: bodyBytes(body), ttl }, sent);
    }
    return sent;
  }

  /** See `Client.markRead`. */
  markRead({ from, origin, cid }: Message): Promise<void> {
    const key = `${origin} ${from}`;
    const before = this.readUpTo.get(key) ?? 0;
    if (nameKind(from) === 2 || before >= cid) return Promise.resolve();
    const sent = new Sent(from);
    if (this.take({ kind: 'read', to: from, origin, upTo: cid }, sent)) {
      this.readUpTo.set(key, cid);
      sent.catch(() => {
        if (this.readUpTo.get(key) === cid) this.readUpTo.set(key, before);
      });
    }
    const done = sent.then(() => undefined);
    // As with `send`: the events tell of it too.
    done.catch(() => undefined);
    return done;
  }

  /** Numbers and saves what was taken, as far as numbers are reserved. */
  number(): void {
    const numbered = this.outbox.number(() => this.takeCid());
    for (const { cid, order } of numbered) this.journal.set(stateKey.order(cid), encodeOrder(cid, order));
  }

  /** At the end: what was asked for in this very turn is kept in the saved state too. None of it can leave any more. */
  keepUnnumbered(): void {
    this.cids.assumeStored();
    this.number();
  }

  private take(order: Order, sent: Sent): boolean {
    const full = this.outbox.refuses(order);
    if (this.standing.leaving) sent.settle(this.standing.closedError());
    else if (full !== undefined) sent.settle(new OutboxFullError(full));
    else {
      this.outbox.add(order, sent);
      this.turn.wake();
      return true;
    }
    return false;
  }

  private takeCid(): number {
    const wanted = this.cids.wanted(this.cidBlock);
    if (wanted > 0) {
      this.journal.set(stateKey.reservedCid, encodeState(wanted));
      this.journal.whenDurable(() => this.cids.stored(wanted));
    }
    return this.cids.take();
  }
}

function isTtl(ttl: number): boolean {
  return Number.isSafeInteger(ttl) && ttl >= limits.ttlMinSeconds && ttl <= limits.ttlMaxSeconds;
}
