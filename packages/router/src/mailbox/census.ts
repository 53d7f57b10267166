import type { MailboxStore, MailboxWalk } from '@mailbeam/store';
import type { MailboxMeter } from './mailbox-meter.js';
import type { Mailbox } from './mailbox.js';

/** How long a slice walks, and pauses behind it, ms: a fifth of a loop that may have thousands of logins to see to. */
const SLICE_MS = 1;
const PAUSE_MS = 4;

/** What is counted, and who is told. */
export interface CensusHost {
  readonly store: MailboxStore;
  readonly meter: MailboxMeter;
  /** Reads the clock. */
  wake(): void;
  open(name: string): Mailbox;
  release(mailbox: Mailbox): void;
}

/**
 * Tells the statistics of the deep mailboxes that a node finds on disk when it starts: those of people who are away, of
 * which nothing else would tell before a message comes for them. Once over everything, in slices, beside the node's work.
 */
export class Census {
  readonly #host: CensusHost;
  readonly #least: number;
  #walk: MailboxWalk | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param least depth from which on a mailbox is told of */
  constructor(host: CensusHost, least: number) {
    this.#host = host;
    this.#least = least;
  }

  /** Every mailbox that is deep is known. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Counts until it is over or {@link stop}ped. @param onTrouble a page cannot be read: it counts no further */
  begin(onTrouble: (error: unknown) => void): void {
    this.#timer = setTimeout(() => {
      try {
        this.slice(SLICE_MS);
      } catch (error) {
        return onTrouble(error);
      }
      if (!this.#isOver) this.begin(onTrouble);
    }, PAUSE_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Walks for so long, or by one mailbox. @throws StoreError `store_corrupt` */
  slice(ms: number): void {
    const host = this.#host;
    host.wake();
    this.#walk ??= host.store.deepMailboxes(this.#least);
    this.#walk.step(performance.now() + ms, (user) => {
      const mailbox = host.open(user);
      host.meter.found(mailbox);
      host.release(mailbox);
    });
    if (!this.#walk.isOver) return;
    this.#walk = null;
    this.#isOver = true;
  }
}
