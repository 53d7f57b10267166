import type { MailboxStore } from '@mailbeam/store';
import type { Clock } from '../clock.js';
import { Fifo } from '../fifo.js';
import type { Outlet } from './outlet.js';
import type { ReceiptBox } from './receipt-box.js';
import type { Traces } from '../traces/traces.js';
import { Message, Where } from './request.js';

/** What a hand-out asks of its mailbox. */
export interface HandOutSource {
  readonly name: string;
  readonly unflushed: Iterable<Message> & { readonly first: Message | null };
  readonly receipts: ReceiptBox | null;
  /** Null: nobody traces. */
  readonly traces: Traces | null;
  /** True when nobody gets the message with this key any more. */
  isOver(key: number): boolean;
  /** Ends a message on disk whose `ttl` is over. */
  end(message: Message): void;
  /** A page was read from the store; this is its first message. */
  pageBegins(first: Message): void;
}

/** Hears of each message that leaves and came while its outlet was there, at `ts`, ms since the epoch. */
export interface HandOutMeter {
  handedOut(ts: number): void;
}

/** The read-ahead page: what is in memory for a connection whose window is full. */
const READY_MESSAGES = 256;
const READY_BYTES = 1 << 20;
const LAST_KEY = Number.MAX_SAFE_INTEGER;

/**
 * Hands the entries of a mailbox to one connection (or service), oldest first, as its window has room. What follows the read-ahead page
 * lies in the store, or is unflushed: memory does not grow with depth.
 */
export class HandOut {
  readonly outlet: Outlet;
  readonly #mailbox: HandOutSource;
  readonly #store: MailboxStore;
  readonly #clock: Clock;
  readonly #meter: HandOutMeter;
  /** Ms since the epoch. */
  readonly #since: number;
  #ready: Fifo<Message> | null = null;
  #readyBytes = 0;
  /** The highest key that was handed out or is in `#ready`. */
  #cursor: number;
  /** The highest key that was handed out. */
  #handedUpTo: number;
  /** True when there may be messages after `#cursor`. */
  #behind: boolean;
  /** The next message has expired before it was on disk. */
  #waitsForFlush = false;
  /** Usual time from hand-out to ack, ms. */
  ackMs = 1;
  /** When the router took the last message that was acked in turn, ms since the epoch; 0 = there was none. */
  ackedTs = 0;

  /** @param after everything up to this key is acked */
  constructor(
    outlet: Outlet,
    mailbox: HandOutSource,
    store: MailboxStore,
    clock: Clock,
    meter: HandOutMeter,
    after: number,
    behind: boolean,
  ) {
    this.outlet = outlet;
    this.#mailbox = mailbox;
    this.#store = store;
    this.#clock = clock;
    this.#meter = meter;
    this.#since = clock.wall;
    this.#cursor = after;
    this.#handedUpTo = after;
    this.#behind = behind;
  }

  /** True when the message with this key was handed out: its ack decides. */
  wasHandedOut(key: number): boolean {
    return key <= this.#handedUpTo;
  }

  get handedUpTo(): number {
    return this.#handedUpTo;
  }

  /** A message has come into the mailbox. */
  offer(message: Message): void {
    if (this.#behind || !this.#hasRoom()) this.#behind = true;
    else this.#makeReady(message);
  }

  /** True when a message that comes now, with so large a body, leaves at once. */
  wouldHandOut(bodyBytes: number): boolean {
    const isNext = !this.#behind && (this.#ready === null || this.#ready.length === 0);
    return isNext && this.outlet.hasRoom && this.outlet.fits(bodyBytes);
  }

  /** Messages in memory that it has not handed out: the read-ahead page, and what is behind it and not on disk. */
  get inMemory(): number {
    let count = 0;
    for (const m of this.#ready ?? []) if (!m.gone) count++;
    for (const m of this.#mailbox.unflushed) if (!m.gone && m.key > this.#cursor) count++;
    return count;
  }

  /** Drops messages from the read-ahead page whose end was decided elsewhere. */
  dropOver(): void {
    for (const m of this.#ready ?? []) if (!m.gone && this.#mailbox.isOver(m.key)) m.drop();
  }

  /** A commit has taken the mailbox's messages to disk. */
  flushed(): boolean {
    const waited = this.#waitsForFlush;
    this.#waitsForFlush = false;
    return waited;
  }

  /** Hands out what the connection's window has room for (semantics 3.1). */
  pump(): void {
    const { outlet } = this;
    while (outlet.hasRoom) {
      const message = this.#next();
      const receipt = this.#mailbox.receipts?.peek();
      if (message !== undefined && (receipt === undefined || message.key < receipt.key)) {
        if (!outlet.fits(message.bodyBytes)) return;
        this.#shift(message);
        this.#handedUpTo = message.key;
        message.handedAt = this.#clock.mono;
        if (message.ts >= this.#since) this.#meter.handedOut(message.ts);
        if (message.trace !== null) message.trace.handedOut();
        outlet.deliver(message);
      } else if (receipt !== undefined) {
        // "will not be sent again" is only true once the message is erased on disk (semantics 7.7)
        if (receipt.kind === 3 && receipt.where !== Where.STORED) return;
        this.#mailbox.receipts!.handOut();
        outlet.receipt(receipt);
        if (this.#mailbox.traces !== null) this.#mailbox.traces.receiptLeft(this.#mailbox.name, receipt);
        receipt.left();
      } else return;
    }
  }

  /** The next message to hand out; expired ones are ended on the way. */
  #next(): Message | undefined {
    for (;;) {
      if (this.#ready === null || this.#ready.length === 0) {
        if (!this.#behind) return undefined;
        this.#readAhead();
        continue;
      }
      const message = this.#ready.peek()!;
      if (message.gone) {
        this.#shift(message);
        continue;
      }
      if (message.expiresAt > 0 && message.expiresAt <= this.#clock.wall) {
        if (message.where !== Where.STORED) {
          // a crash would undo its end: then it would come again, behind the later ones of its pair (semantics 8.3)
          this.#waitsForFlush = true;
          return undefined;
        }
        this.#shift(message);
        this.#mailbox.end(message);
        continue;
      }
      if (message.held && message.sender !== null && message.sender.holds(this.#mailbox.name)) return undefined;
      return message;
    }
  }

  #hasRoom(): boolean {
    return this.#ready === null || (this.#ready.length < READY_MESSAGES && this.#readyBytes < READY_BYTES);
  }

  #makeReady(message: Message): void {
    (this.#ready ??= new Fifo()).push(message);
    this.#readyBytes += message.bodyBytes;
    this.#cursor = message.key;
  }

  #shift(message: Message): void {
    this.#ready!.shift();
    this.#readyBytes -= message.bodyBytes;
    if (this.#ready!.length === 0) this.#readyBytes = 0; // a body that was let go had bytes when it came
  }

  /** Fills the page: from the store, then from what is not on disk yet. */
  #readAhead(): void {
    const { name, unflushed, traces } = this.#mailbox;
    const before = unflushed.first?.key ?? LAST_KEY;
    const page = this.#store.read(name, this.#cursor, before, READY_MESSAGES, READY_BYTES);
    let isFirst = true;
    for (const p of page) {
      if (this.#mailbox.isOver(p.key)) {
        this.#cursor = p.key;
        continue;
      }
      const message = Message.stored(name, p);
      const trace = traces?.ofStored(name, p.key) ?? null;
      if (trace !== null) message.trace = trace;
      if (isFirst) this.#mailbox.pageBegins(message);
      isFirst = false;
      this.#makeReady(message);
    }
    if (page.length > 0) return; // a page may end early, where the next body would not fit: only an empty one is the end
    for (const m of unflushed) {
      if (m.key <= this.#cursor || m.gone) continue;
      if (!this.#hasRoom()) return;
      this.#makeReady(m);
    }
    this.#behind = false;
  }
}
