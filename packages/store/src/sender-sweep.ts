import type { Job } from './job.js';
import type { LmdbState } from './lmdb-state.js';
import type { SenderRecord } from './mailbox-store.js';
import { sendersOfKey, tableValue } from './table-row.js';

/** Rows that one step looks at, and those that it removes, at most: each may dirty a page of its own. */
const MOST_LOOKED = 1_000;
const MOST_REMOVED = 100;

/** Forgets clients that were not used for long; their origins stay in the table of users and are never given again. */
export class SenderSweep implements Job {
  isDone = false;
  /** Rows removed so far. */
  swept = 0;
  readonly finished: Promise<number>;
  readonly #state: LmdbState;
  readonly #beforeMs: number;
  #start: Buffer = Buffer.from([0]);
  #finish: (swept: number) => void = () => undefined;

  constructor(state: LmdbState, beforeMs: number) {
    this.#state = state;
    this.#beforeMs = beforeMs;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  write(_bytes: number, deadline: number): () => void {
    const { disk } = this.#state;
    let last: Buffer | undefined;
    let looked = 0;
    let removed = 0;
    let isAtEnd = true;
    for (const { key, value } of disk.senders.getRange({ start: this.#start })) {
      const isOver = (looked & 15) === 15 && performance.now() > deadline;
      if (looked === MOST_LOOKED || removed === MOST_REMOVED || isOver) {
        isAtEnd = false;
        break;
      }
      last = Buffer.from(key);
      looked += 1;
      const unused = tableValue<SenderRecord>(value, 'senders', key).usedAt < this.#beforeMs;
      if (!unused || this.#isInTail(last)) continue;
      disk.remove(disk.senders, last);
      removed += 1;
    }
    return () => {
      this.swept += removed;
      if (last !== undefined) this.#start = Buffer.concat([last, Buffer.from([0])]);
      if (isAtEnd) this.end();
    };
  }

  /** Ends it where it is, when the store is closed. */
  end(): void {
    this.isDone = true;
    this.#finish(this.swept);
  }

  /** A tail has newer news of this client, which a checkpoint will write. */
  #isInTail(key: Buffer): boolean {
    const { user, client } = sendersOfKey(key);
    const { frozen, active } = this.#state;
    return active.users.sender(user, client) !== undefined || frozen?.users.sender(user, client) !== undefined;
  }
}
