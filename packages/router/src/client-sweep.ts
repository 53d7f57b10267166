import type { MailboxStore, StoreError } from '@mailbeam/store';
import type { Clock } from './clock.js';
import type { CommitLoop } from './commit/commit-loop.js';
import { inSlices } from './inspect/slices.js';
import type { Mailbox } from './mailbox/mailbox.js';

/** A node that is started anew each day sweeps too. */
const FIRST_MS = 60_000;
const RENEWALS = 30;

/** A client in use has its record renewed when that is so old, ms: what it was last used at is known to that. */
export const renewalMs = (clientKeptMs: number): number => clientKeptMs / RENEWALS;

export interface ClientSweepHost {
  readonly store: MailboxStore;
  readonly clock: Clock;
  readonly commits: CommitLoop;
  readonly limits: { readonly clientKeptMs: number };
  /** Those in memory; may be left at any time, and gone on with across turns. */
  mailboxes(): IterableIterator<Mailbox>;
  wake(): void;
}

/**
 * Forgets clients that were not used for long (semantics 1.3), now and then. The record of whoever is connected is renewed, and on disk,
 * before; and a record stays for a while after a login would no longer take it, so that none is removed that a login has read and not
 * yet renewed.
 */
export class ClientSweep {
  readonly #host: ClientSweepHost;
  readonly #everyMs: number;
  #at: number;
  #isUnderWay = false;

  constructor(host: ClientSweepHost) {
    this.#host = host;
    this.#everyMs = renewalMs(host.limits.clientKeptMs);
    this.#at = host.clock.mono + Math.min(FIRST_MS, this.#everyMs);
  }

  /** The node calls it a few times a second. */
  tick(): void {
    const { mono } = this.#host.clock;
    if (this.#isUnderWay || mono < this.#at) return;
    this.#at = mono + this.#everyMs;
    this.#isUnderWay = true;
    this.#sweep()
      .catch((error: StoreError) => {
        if (error.code !== 'store_closed') throw error;
      })
      .finally(() => (this.#isUnderWay = false));
  }

  async #sweep(): Promise<void> {
    const { store, clock, commits, limits } = this.#host;
    const before = clock.wall - limits.clientKeptMs - this.#everyMs;
    await inSlices(this.#host.mailboxes(), (mailbox) => this.#renew(mailbox));
    const flushed = new Promise<void>((resolve) => commits.whenFlushed(resolve));
    this.#host.wake();
    await flushed;
    await store.sweepSenders(before);
  }

  #renew({ senders }: Mailbox): void {
    const { clock, commits } = this.#host;
    for (const sender of senders) {
      if (sender.client === '' || clock.wall - sender.usedAt < this.#everyMs) continue;
      sender.usedAt = clock.wall;
      commits.record(sender);
    }
  }
}
