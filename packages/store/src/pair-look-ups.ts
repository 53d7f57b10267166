/** Beyond either all are forgotten: as much as a few MB. */
const MOST_PAIRS = 256;
const MOST_CIDS = 100_000;

interface LookedUp {
  /** The lowest cid that was looked for. */
  readonly from: number;
  readonly cids: ReadonlySet<number>;
}

/**
 * What was found in mailboxes of late: a sender that comes back asks for many messages at once, rising by cid and in whatever mailboxes. A walk
 * through a deep one takes milliseconds, and is done once for a sender and not for each message.
 */
export class PairLookUps {
  readonly #pairs = new Map<string, LookedUp>();
  #cids = 0;
  /** When the answers were true. */
  #at = -1;

  /**
   * True when the mailbox of `user` holds the message `cid` of (sender, origin).
   * @param at changes whenever an answer may change
   * @param walk calls back with the cid of every message of that sender and origin in the mailbox
   */
  holds(
    user: string,
    sender: string,
    origin: number,
    cid: number,
    at: number,
    walk: (found: (cid: number) => void) => void,
  ): boolean {
    if (at !== this.#at) this.#forget();
    this.#at = at;
    const pair = `${sender.length} ${sender} ${origin} ${user}`;
    const last = this.#pairs.get(pair);
    if (last !== undefined && last.from <= cid) return last.cids.has(cid);
    const cids = new Set<number>();
    walk((found) => {
      if (found >= cid) cids.add(found);
    });
    if (this.#pairs.size >= MOST_PAIRS || this.#cids + cids.size > MOST_CIDS) this.#forget();
    this.#pairs.set(pair, { from: cid, cids });
    this.#cids += cids.size;
    return cids.has(cid);
  }

  #forget(): void {
    this.#pairs.clear();
    this.#cids = 0;
  }
}
