import type { MailboxCount } from './mailbox-store.js';
import { hashHiOf, hashLoOf, isFor, keyOf } from './record.js';
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

interface CountInParts extends DeepCount {
  readonly place: number;
  /** Keys up to here are counted. */
  upTo: number;
}

/**
 * Exact counts of mailboxes so deep that counting them anew takes milliseconds: once counted, a count follows every
 * message that comes and goes.
 */
export class DeepCounts {
  readonly #counts = new Map<number, DeepCount>();

  /** One that is being counted, or was counted last, in parts. */
  #inParts: CountInParts | undefined;

  get size(): number {
    return this.#counts.size + (this.#inParts === undefined ? 0 : 1);
  }

  has(hi: number, lo: number): boolean {
    if (this.size === 0) return false;
    const place = id(hi, lo);
    return this.#counts.has(place) || this.#inParts?.place === place;
  }

  get(hi: number, lo: number, user: string): MailboxCount | undefined {
    if (this.size === 0) return undefined;
    const place = id(hi, lo);
    const parts = this.#inParts;
    const count = parts?.place === place && parts.upTo === Infinity ? parts : this.#counts.get(place);
    return count === undefined || count.user !== user ? undefined : { messages: count.messages, bytes: count.bytes };
  }

  /** Keeps a count if it is deep. Everything erased so far must have been counted out. */
  keep(hi: number, lo: number, user: string, { messages, bytes }: MailboxCount): void {
    if (messages < DEEP || this.#counts.size >= MOST_KEPT || this.has(hi, lo)) return;
    this.#counts.set(id(hi, lo), { user, name: Buffer.from(user), messages, bytes });
  }

  /**
   * Begins to count a mailbox in parts, by its keys; the one before is kept no longer. Everything erased so far must have been
   * counted out.
   */
  begin(hi: number, lo: number, user: string): void {
    this.#inParts = { place: id(hi, lo), user, name: Buffer.from(user), messages: 0, bytes: 0, upTo: -1 };
  }

  /** Keys up to here are counted. */
  get countedUpTo(): number {
    return this.#inParts?.upTo ?? -1;
  }

  /** A part was counted: so much between {@link countedUpTo} and `last`; `Number.MAX_SAFE_INTEGER`: all is. */
  counted(last: number, messages: number, bytes: number): void {
    const parts = this.#inParts!;
    parts.messages += messages;
    parts.bytes += bytes;
    parts.upTo = last;
    if (last < Number.MAX_SAFE_INTEGER) return;
    parts.upTo = Infinity;
    if (parts.messages < DEEP || this.#counts.size >= MOST_KEPT || this.#counts.has(parts.place)) return;
    this.#counts.set(parts.place, parts);
    this.#inParts = undefined;
  }

  /** A message (an APPEND record) has come or gone. */
  change(record: Bytes, at: number, messages: 1 | -1, bytes: number): void {
    const place = id(hashHiOf(record, at), hashLoOf(record, at));
    const parts = this.#inParts;
    if (parts?.place === place && keyOf(record, at) <= parts.upTo && isFor(record, at, parts.name)) {
      // of a part to come it is counted, or not, when that is
      parts.messages += messages;
      parts.bytes += bytes;
    }
    const count = this.#counts.get(place);
    if (count === undefined || !isFor(record, at, count.name)) return;
    count.messages += messages;
    count.bytes += bytes;
    if (count.messages < DEEP / 2) this.#counts.delete(place);
  }
}

/** 53 bits of the hash; whose count it is, the name decides. */
const id = (hi: number, lo: number): number => hi * 0x200000 + (lo >>> 11);
