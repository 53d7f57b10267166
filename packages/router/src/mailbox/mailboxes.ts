import { PARTITIONS } from '../seams/placement.js';
import type { Envelope } from '../seams/transport.js';
import { Mailbox } from './mailbox.js';
import type { MailboxHost } from './mailbox-host.js';
import { Partition, partitionOf } from './partition.js';
import type { NewReceipt } from './receipt-box.js';
import { Message } from './request.js';
import type { Sender } from './sender.js';

/** The mailboxes of a node that are in memory, and what is sent to those that it owns. */
export class Mailboxes {
  readonly #host: MailboxHost;
  readonly #partitions: readonly Partition[];
  readonly #byName = new Map<string, Mailbox>();

  constructor(host: MailboxHost) {
    this.#host = host;
    const { openings } = host.store;
    this.#partitions = Array.from({ length: PARTITIONS }, (_, n) => new Partition(n, openings[n] ?? 0));
  }

  get size(): number {
    return this.#byName.size;
  }

  /** One that is in memory. */
  get(name: string): Mailbox | undefined {
    return this.#byName.get(name);
  }

  [Symbol.iterator](): IterableIterator<Mailbox> {
    return this.#byName.values();
  }

  /** Takes it into memory, if it is not there; whoever does {@link release}s it. */
  open(name: string): Mailbox {
    let mailbox = this.#byName.get(name);
    if (mailbox === undefined) {
      mailbox = new Mailbox(name, this.#partitions[partitionOf(name)]!, this.#host);
      this.#byName.set(name, mailbox);
    }
    return mailbox;
  }

  /** Lets it go, if nothing of it need be in memory. */
  release(mailbox: Mailbox): void {
    if (!mailbox.idle || this.#byName.get(mailbox.name) !== mailbox) return;
    this.#byName.delete(mailbox.name);
    this.#host.meter.released(mailbox);
  }

  /** Takes what was sent to users whose partition this node owns. */
  receive(batch: readonly Envelope[]): void {
    const { meter } = this.#host;
    // a session's messages come in a row: one look-up for all of them, and the statistics are told once
    let mailbox: Mailbox | null = null;
    let to = '';
    let sender: Sender | null = null;
    for (const envelope of batch) {
      if (envelope instanceof Message) {
        if (mailbox === null || envelope.to !== to || envelope.sender !== sender) {
          to = envelope.to;
          sender = envelope.sender;
          mailbox = this.open(to);
          meter.comes(mailbox, envelope.from);
        }
        mailbox.append(envelope);
        continue;
      }
      mailbox = null;
      if (envelope.kind === 'receipt') this.#receipt(envelope.to, envelope.receipt);
      else this.#byName.get(envelope.to)?.outlet?.signalFrom(envelope.from, envelope.body);
    }
    meter.came();
  }

  #receipt(to: string, receipt: NewReceipt): void {
    if (receipt.kind === 2 && (receipt.origin === 0 || receipt.origin > this.#host.store.highestOrigin(to))) {
      // origins count from 1: nobody sends under that origin: there is nothing to tell, and nobody to fill the mailbox of
      for (let r = receipt.requests; r !== null; r = r.next) {
        r.settled = true;
        r.sender?.accept(r);
        r.sender?.settle();
      }
      return;
    }
    this.open(to).putReceipt(receipt);
  }
}
