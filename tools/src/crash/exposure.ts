/** How long after an elided message was accepted a kill counts as having hit it: its receipt may not be on disk yet. */
const recentMs = 50;

/** What a kill hit, from the clients' side. */
export interface KillRecord {
  /** Number and time of the newest event at the kill. */
  readonly n: number;
  readonly at: number;
  readonly what: string;
  /** SENDs and READs without an answer. */
  readonly unflushed: number;
  /** Messages accepted by their ack, not their write, within the last 50 ms. */
  readonly elided: number;
  /** Messages that were delivered and not acked. */
  readonly inFlight: number;
}

/** Classes of kills; each must be hit at least once in all rounds. */
export const killClasses = ['unflushed', 'elided', 'inFlight'] as const;

/** How many kills of `records` hit each class. */
export function countClasses(records: readonly KillRecord[]): Record<(typeof killClasses)[number], number> {
  const hits = (name: (typeof killClasses)[number]): number => records.filter((record) => record[name] > 0).length;
  return { unflushed: hits('unflushed'), elided: hits('elided'), inFlight: hits('inFlight') };
}

/**
 * Watches for elided writes. A message whose receipt came before its ACCEPTED was accepted by its ack; whether its write
 * was saved only the router knows, so its counter must have moved as well.
 */
export class ElisionWatch {
  #recent: { at: number; count: number }[] = [];
  #writesElided = 0;
  #risenAt = -Infinity;

  /** `count` messages were accepted after their receipts. Times in ms of one clock. */
  elided(count: number, now: number): void {
    this.#recent.push({ at: now, count });
    if (this.#recent.length > 1000) this.#recent = this.#recent.slice(-500);
  }

  /** The router's counter of saved writes; it begins anew with each node. */
  counter(writesElided: number, now: number): void {
    if (writesElided > this.#writesElided) this.#risenAt = now;
    this.#writesElided = writesElided;
  }

  /** Elided messages that a kill at `now` hits. */
  hit(now: number): number {
    if (now - this.#risenAt > 1000) return 0;
    return this.#recent.reduce((sum, { at, count }) => sum + (now - at <= recentMs ? count : 0), 0);
  }
}
