import type { Order } from './order.js';
import { orderBytes } from './order.js';
import type { Sent } from './sent.js';

/** An order in the outbox. */
export interface Entry {
  readonly order: Order;
  readonly sent: Sent;
  /** 0 until it is numbered. */
  cid: number;
  /** Whether it may have left on an earlier connection: the `again` of SEND and READ. */
  again: boolean;
  /** Whether the application knows its answer. */
  settled: boolean;
  /** Whether its removal from the saved state is durable. */
  gone: boolean;
  /** Whether a RECEIPT of kind 3 answered it in place of ACCEPTED, which need not come any more. */
  answeredByReceipt: boolean;
  /** In a queue, on the wire, out but still holding its place in the window, or out. */
  place: 'queued' | 'in_flight' | 'leaving' | 'out';
}

/** Bounds of the outbox: what is not yet answered. */
export interface OutboxLimit {
  /** Default 1,000. */
  readonly messages: number;
  /** Bodies and what belongs to them. Default 8 MiB. */
  readonly bytes: number;
}

/**
 * What was asked for and is not answered, in order of `cid`. Pure bookkeeping: it knows no socket and no store.
 *
 * A place in the send window is held from when an entry leaves until the router has answered it *and* its removal from
 * the saved state is durable. So of the entries that a restarted client finds, only the first `sendWindow` can have
 * left, and only those are resent with `again` (protocol, "Answers and resend").
 */
export class Outbox {
  private readonly limit: OutboxLimit;
  private unnumbered: Entry[] = [];
  private queued: Entry[] = [];
  /** Left on this connection and not answered on it; iterates in order of `cid`. */
  private readonly inFlight = new Map<number, Entry>();
  /** Answered, removal not yet durable. */
  private leaving = 0;
  private messages = 0;
  private bytes = 0;

  constructor(limit: OutboxLimit) {
    this.limit = limit;
  }

  /** Entries whose answer the application does not know. */
  get size(): number {
    return this.messages;
  }

  /** What has left on this connection and is not answered on it. */
  get inFlightCount(): number {
    return this.inFlight.size;
  }

  /** Whether anything that may have left on an earlier connection waits for its answer. */
  get resending(): boolean {
    return this.inFlight.size > 0 || this.queued[0]?.again === true;
  }

  /** Why `order` does not fit; undefined where it does. An empty outbox takes anything. */
  refuses(order: Order): string | undefined {
    if (this.messages === 0) return undefined;
    if (this.messages >= this.limit.messages) return `${this.limit.messages} messages are unanswered`;
    if (this.bytes + orderBytes(order) > this.limit.bytes) return `${this.limit.bytes} bytes are unanswered`;
    return undefined;
  }

  /** Puts a new order at the end. */
  add(order: Order, sent: Sent): Entry {
    const entry = newEntry(order, sent, 0, false);
    this.unnumbered.push(entry);
    this.count(entry, 1);
    return entry;
  }

  /** Puts back what a store held, in order of `cid`, before anything else is queued. */
  restore(entries: readonly (readonly [cid: number, order: Order, sent: Sent])[], sendWindow: number): void {
    for (const [index, [cid, order, sent]] of entries.entries()) {
      const entry = newEntry(order, sent, cid, index < sendWindow);
      this.queued.push(entry);
      this.count(entry, 1);
    }
  }

  /** Numbers what was added, as long as `takeCid` has numbers (0: none now). Answers what it numbered. */
  number(takeCid: () => number): Entry[] {
    const numbered: Entry[] = [];
    for (const entry of this.unnumbered) {
      entry.cid = takeCid();
      if (entry.cid === 0) break;
      numbered.push(entry);
    }
    this.unnumbered.splice(0, numbered.length);
    this.queued.push(...numbered);
    return numbered;
  }

  /** The entry that leaves next, where the window has a place for it. */
  peek(sendWindow: number): Entry | undefined {
    if (this.inFlight.size + this.leaving >= sendWindow && !this.stuck()) return undefined;
    return this.queued[0];
  }

  /** Notes that what `peek` answered has left on this connection. */
  shift(): void {
    const entry = this.queued.shift();
    if (entry === undefined) return;
    entry.place = 'in_flight';
    this.inFlight.set(entry.cid, entry);
  }

  /** ACCEPTED: all that left on this connection up to `cid`, oldest first. They hold no place any more. */
  answeredUpTo(cid: number): Entry[] {
    const answered: Entry[] = [];
    for (const entry of this.inFlight.values()) {
      if (entry.cid > cid) break;
      answered.push(entry);
    }
    for (const entry of answered) {
      this.inFlight.delete(entry.cid);
      this.leave(entry);
    }
    return answered;
  }

  /** A message to `to` numbered `cid` that may have left and is not answered, as RECEIPTs see it. */
  findLeft(to: string, cid: number): Entry | undefined {
    return this.leftTo(to, cid, cid)[0];
  }

  /** All messages to `to` from `cid` to `upTo` that may have left and whose answer the application does not know. */
  leftTo(to: string, cid: number, upTo: number): Entry[] {
    const found: Entry[] = [];
    const look = (entry: Entry): boolean => {
      if (entry.cid > upTo) return false;
      const { order } = entry;
      if (entry.cid >= cid && order.kind === 'send' && order.to === to && !entry.settled) found.push(entry);
      return true;
    };
    for (const entry of this.inFlight.values()) if (!look(entry)) break;
    for (const entry of this.queued) if (!entry.again || !look(entry)) break;
    return found;
  }

  /** The application is told the answer: it counts no more, and is not sent again. False when it was told before. */
  settle(entry: Entry): boolean {
    if (entry.settled) return false;
    entry.settled = true;
    this.count(entry, -1);
    if (entry.place === 'queued') {
      this.queued = this.queued.filter((other) => other !== entry);
      entry.place = 'out';
      // It has left before, on a connection that ended.
      if (entry.again) this.leave(entry);
    }
    return true;
  }

  /** The removal of a settled entry from the saved state is durable. */
  removed(entry: Entry): void {
    entry.gone = true;
    if (entry.place !== 'leaving') return;
    entry.place = 'out';
    this.leaving--;
  }

  /** The connection has ended: what it left unanswered goes out first on the next, in order, with `again`. */
  disconnected(): void {
    const resend: Entry[] = [];
    for (const entry of this.inFlight.values()) {
      entry.again = true;
      entry.place = 'queued';
      if (entry.settled) this.leave(entry);
      else resend.push(entry);
    }
    this.inFlight.clear();
    this.queued = [...resend, ...this.queued];
  }

  /** Takes everything out that is not settled, as at the end of the client. */
  clear(): Entry[] {
    const left = [...this.inFlight.values(), ...this.queued, ...this.unnumbered].filter((entry) => !entry.settled);
    this.inFlight.clear();
    this.queued = [];
    this.unnumbered = [];
    this.messages = 0;
    this.bytes = 0;
    return left;
  }

  private leave(entry: Entry): void {
    entry.place = entry.gone ? 'out' : 'leaving';
    if (!entry.gone) this.leaving++;
  }

  /** Whether all places are held by what a RECEIPT answered for good, so that no ACCEPTED need ever come. */
  private stuck(): boolean {
    if (this.leaving > 0 || this.inFlight.size === 0) return false;
    for (const entry of this.inFlight.values()) if (!entry.answeredByReceipt || !entry.gone) return false;
    this.inFlight.clear();
    return true;
  }

  private count(entry: Entry, sign: 1 | -1): void {
    this.messages += sign;
    this.bytes += sign * orderBytes(entry.order);
  }
}

function newEntry(order: Order, sent: Sent, cid: number, again: boolean): Entry {
  return { order, sent, cid, again, settled: false, gone: false, answeredByReceipt: false, place: 'queued' };
}
