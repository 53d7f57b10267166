import { Fifo } from '../fifo.js';
import type { Receipt } from '../mailbox/receipt.js';
import { Message } from '../mailbox/request.js';

/** An entry of a mailbox. */
export type Entry = Message | Receipt;

const NONE: readonly Entry[] = [];

/**
 * What was handed out on one connection and not acked yet, in `seq` order, within the connection's window. `seq` counts
 * 1, 2, 3 without a gap, so an entry's place in the queue is its number (semantics 3.1 and 3.2).
 */
export class InFlight {
  readonly window: number;
  readonly maxBytes: number;
  #entries: Fifo<Entry> | null = null;
  #bytes = 0;
  /** The last `seq` given out, and the last one acked. */
  seq = 0;
  ackedSeq = 0;

  constructor(window: number, maxBytes: number) {
    this.window = window;
    this.maxBytes = maxBytes;
  }

  get hasRoom(): boolean {
    return this.#length() < this.window;
  }

  fits(bodyBytes: number): boolean {
    return this.#bytes + bodyBytes <= this.maxBytes || this.#length() === 0;
  }

  /** Gives the entry the next `seq`. */
  add(entry: Entry): number {
    (this.#entries ??= new Fifo()).push(entry);
    if (entry instanceof Message) this.#bytes += entry.bodyBytes;
    return ++this.seq;
  }

  /** Takes the oldest entry: it is acked. */
  next(): Entry {
    const entry = this.#entries!.shift()!;
    this.ackedSeq++;
    if (entry instanceof Message) this.#bytes -= entry.bodyBytes;
    return entry;
  }

  /** Of the bodies in it. */
  get bytes(): number {
    return this.#bytes;
  }

  [Symbol.iterator](): Iterator<Entry> {
    return (this.#entries ?? NONE)[Symbol.iterator]();
  }

  #length(): number {
    return this.seq - this.ackedSeq;
  }
}
