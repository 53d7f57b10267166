import { Answer } from './request.js';
import type { Message, Request } from './request.js';

/** What a purge tells one sender: everything from `cid` to `upTo` that was accepted and not yet delivered has failed. */
export interface PurgeRange {
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly upTo: number;
  /** Chain of the messages that are not answered yet. */
  readonly requests: Request | null;
}

/** Collects the messages of a purge into one range a sender. */
export class PurgeRanges {
  readonly #ranges = new Map<
    string,
    { from: string; origin: number; cid: number; upTo: number; requests: Request | null }
  >();

  add(message: Message): void {
    const { from, origin, cid } = message;
    const key = `${origin}.${from}`;
    let range = this.#ranges.get(key);
    if (range === undefined) this.#ranges.set(key, (range = { from, origin, cid, upTo: cid, requests: null }));
    // one that was taken again after a crash can stand behind later ones of its pair
    range.cid = Math.min(range.cid, cid);
    range.upTo = Math.max(range.upTo, cid);
    if (message.answer !== Answer.NONE) return;
    message.next = range.requests;
    range.requests = message;
  }

  [Symbol.iterator](): IterableIterator<PurgeRange> {
    return this.#ranges.values();
  }
}
