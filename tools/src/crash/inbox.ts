import type { HighWater } from '@mailbeam/protocol';

/** A DELIVER that waits for the application. */
export interface Delivered {
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly id: number;
}

/** What the application did with a batch of entries. */
export interface Processed {
  /** Messages that it saw for the first time, in order. */
  readonly shown: readonly Delivered[];
  /** The seq to ack; 0 = nothing new. */
  readonly ackSeq: number;
}

/** The entries of one connection between their arrival and their ack. Duplicates are acked and not shown. */
export class Inbox {
  readonly #marks: HighWater;
  /** undefined: a receipt, which needs no processing. */
  #waiting: (Delivered | undefined)[] = [];
  #processedSeq = 0;

  /** `marks` is the application's: it outlives the connection. */
  constructor(marks: HighWater) {
    this.#marks = marks;
  }

  /** Entries that have arrived and are not acked. */
  get unacked(): number {
    return this.#waiting.length;
  }

  /** Messages among them. */
  get unackedMessages(): number {
    return this.#waiting.filter((entry) => entry !== undefined).length;
  }

  add(entry: Delivered | undefined): void {
    this.#waiting.push(entry);
  }

  /** Gives up to `limit` entries to the application. */
  process(limit: number): Processed {
    const batch = this.#waiting.splice(0, limit);
    const shown: Delivered[] = [];
    for (const entry of batch) {
      if (entry === undefined || !this.#marks.isNew(entry.from, entry.origin, '', entry.cid)) continue;
      this.#marks.note(entry.from, entry.origin, '', entry.cid);
      shown.push(entry);
    }
    this.#processedSeq += batch.length;
    return { shown, ackSeq: batch.length > 0 ? this.#processedSeq : 0 };
  }
}
