import { Fifo } from '../fifo.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import type { Outlet } from '../mailbox/outlet.js';
import { Receipt } from '../mailbox/receipt.js';
import { Answer, Where } from '../mailbox/request.js';
import type { Message, Request } from '../mailbox/request.js';

/** What an outlet hands entries to. */
export interface OutletOwner {
  /** False until it may take entries, and once it is to end. */
  readonly isOpen: boolean;
  /** Most messages and receipts that it has in hand or waiting, and most bytes of their bodies. */
  readonly window: number;
  readonly windowBytes: number;
  message(message: Message): void;
  receipt(receipt: Receipt): void;
  signal(from: string, body: Uint8Array): void;
  /** Messages of (from, origin) up to `cid` are acked: their sender gets a receipt. */
  delivered(from: string, origin: number, cid: number, requests: Request | null, needsDisk: boolean): void;
  /** Asks for {@link ServiceOutlet.takeAcks} in this turn or the next. */
  touch(): void;
}

/**
 * The end of a mailbox where a service stands: as a port does for a client, it has a window, and tells the mailbox what is
 * handled. Lanes are independent, so messages may be done out of turn.
 */
export class ServiceOutlet implements Outlet {
  readonly #owner: OutletOwner;
  readonly #mailbox: Mailbox;
  /** Messages in the service's hands, oldest first. */
  #messages = new Fifo<Message>();
  /** Those among them that are done, behind one that is not. */
  readonly #over = new Set<Message>();
  readonly #receipts = new Set<Receipt>();
  #unfinished = 0;
  #bytes = 0;
  #handled: (Message | Receipt)[] = [];

  constructor(owner: OutletOwner, mailbox: Mailbox) {
    this.#owner = owner;
    this.#mailbox = mailbox;
  }

  get hasRoom(): boolean {
    return this.#owner.isOpen && this.#unfinished + this.#receipts.size < this.#owner.window;
  }

  /** Messages in the service's hands. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** When the router took the oldest of them, ms since the epoch; 0 = there is none. */
  get oldestAt(): number {
    return this.#messages.peek()?.ts ?? 0;
  }

  fits(bodyBytes: number): boolean {
    return this.#bytes + bodyBytes <= this.#owner.windowBytes || this.#unfinished === 0;
  }

  deliver(message: Message): void {
    this.#messages.push(message);
    this.#unfinished++;
    this.#bytes += message.bodyBytes;
    this.#owner.message(message);
  }

  receipt(receipt: Receipt): void {
    this.#receipts.add(receipt);
    this.#owner.receipt(receipt);
  }

  signalFrom(from: string, body: Uint8Array): void {
    this.#owner.signal(from, body);
  }

  /** Its handling has returned, and what it sent is on disk: it is acked in this turn or the next. */
  handled(entry: Message | Receipt): void {
    this.#handled.push(entry);
    this.#owner.touch();
  }

  /** Nobody will handle it; its sender is told (semantics 11.6). */
  fail(message: Message): void {
    this.#finish(message);
    this.#mailbox.giveUp(message);
    this.#owner.touch();
  }

  /** Acks what was handled; consecutive messages of one sender give one receipt. */
  takeAcks(): void {
    const handled = this.#handled;
    if (handled.length === 0) return this.#mailbox.pump(); // one that failed has made room too
    this.#handled = [];
    let last: Message | null = null;
    let cid = 0;
    let requests: Request | null = null;
    let needsDisk = false;
    let left = 0;
    for (const entry of handled) {
      if (entry instanceof Receipt) {
        this.#receipts.delete(entry);
        this.#mailbox.receiptAcked(entry);
        continue;
      }
      if (last !== null && (entry.origin !== last.origin || entry.from !== last.from)) {
        this.#owner.delivered(last.from, last.origin, cid, requests, needsDisk);
        requests = null;
        needsDisk = false;
        cid = 0;
      }
      last = entry;
      if (entry.cid > cid) cid = entry.cid;
      this.#ack(entry);
      left++;
      if (entry.where !== Where.ELIDED) needsDisk = true;
      if (entry.answer !== Answer.NONE || entry.sender === null) continue;
      entry.next = requests;
      requests = entry;
    }
    if (last !== null) this.#owner.delivered(last.from, last.origin, cid, requests, needsDisk);
    this.#mailbox.left(left);
    this.#mailbox.pump();
  }

  /** Receipts that are not acked; messages wait again by themselves. */
  [Symbol.iterator](): Iterator<Receipt> {
    return this.#receipts.values();
  }

  #ack(message: Message): void {
    if (this.#finish(message)) this.#mailbox.acked(message);
    else this.#mailbox.ackedOutOfTurn(message);
  }

  /** Takes a message out of the window; false when an older one is still in it. */
  #finish(message: Message): boolean {
    this.#unfinished--;
    this.#bytes -= message.bodyBytes;
    const messages = this.#messages;
    if (messages.peek() !== message) {
      this.#over.add(message);
      return false;
    }
    messages.shift();
    for (let next = messages.peek(); next !== undefined && this.#over.delete(next); next = messages.peek())
      messages.shift();
    return true;
  }
}
