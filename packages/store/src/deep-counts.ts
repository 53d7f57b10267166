import type { MailboxCount } from './mailbox-store.js';
import { hashHiOf, hashLoOf, isFor } from './record.js';
import type { Bytes } from './record.js';

/** From this depth on a count is worth keeping. */
const DEEP = 1_000;
const MOST_KEPT = 10_000;

interface DeepCount {
  readonly user: string;
  readonly name: Buffer;
  messages: number;
  bytes: number;
}

/**
 * Exact counts of mailboxes so deep that counting them anew takes milliseconds: once counted, a count follows every
 * message that comes and goes.
 */
export class DeepCounts {
  readonly #counts = new Map<number, DeepCount>();

  get size(): number {
    return this.#counts.size;
  }

  has(hi: number, lo: number): boolean {
    return this.#counts.size > 0 && this.#counts.has(id(hi, lo));
  }

  get(hi: number, lo: number, user: string): MailboxCount | undefined {
    if (this.#counts.size === 0) return undefined;
    const count = this.#counts.get(id(hi, lo));
    return count === undefined || count.user !== user ? undefined : { messages: count.messages, bytes: count.bytes };
  }

  /** Keeps a count if it is deep. Everything erased so far must have been counted out. */
  keep(hi: number, lo: number, user: string, { messages, bytes }: MailboxCount): void {
    if (messages < DEEP || this.#counts.size >= MOST_KEPT || this.has(hi, lo)) return;
    this.#counts.set(id(hi, lo), { user, name: Buffer.from(user), messages, bytes });
  }

  /** A message (an APPEND record) has come or gone. */
  change(record: Bytes, at: number, messages: 1 | -1, bytes: number): void {
    const place = id(hashHiOf(record, at), hashLoOf(record, at));
    const count = this.#counts.get(place);
    if (count === undefined || !isFor(record, at, count.name)) return;
    count.messages += messages;
    count.bytes += bytes;
    if (count.messages < DEEP / 2) this.#counts.delete(place);
  }
}

/** 53 bits of the hash; whose count it is, the name decides. */
const id = (hi: number, lo: number): number => hi * 0x200000 + (lo >>> 11);
