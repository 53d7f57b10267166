import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient } from '../swap/admin-client.js';

/** What a monitoring system and people in front of screens ask, and how often, ms. */
const asked: readonly (readonly [path: string, everyMs: number])[] = [
  ['/metrics', 5_000],
  ['/mailboxes', 7_000],
  ['/alerts', 3_000],
  ['/seconds', 2_000],
  ['/actors/tree', 20_000],
  ['/code/versions', 11_000],
  ['/deadletters', 13_000],
  ['/inspect/steady-1', 5_000],
];

/** Those who follow alerts come anew so often, ms. */
const FOLLOWS_MS = 10_000;

/** Asks the admin port all the time, and follows its stream of alerts. */
export class Onlookers {
  fault = '';
  asks = 0;
  readonly #admin: AdminClient;
  readonly #end = new AbortController();
  readonly #all: Promise<unknown>;

  /** @param haste how many times as often as usual */
  constructor(admin: AdminClient, haste: number) {
    this.#admin = admin;
    const { signal } = this.#end;
    this.#all = Promise.all([
      ...asked.map(([path, everyMs]) => this.#repeat(everyMs / haste, () => admin.text(path, signal))),
      this.#repeat(1_000, () => this.#follow(FOLLOWS_MS / haste)),
    ]);
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.#all;
  }

  async #repeat(everyMs: number, ask: () => Promise<unknown>): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await ask();
        this.asks++;
        await delay(everyMs, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        this.fault ||= (error as Error).message;
        return;
      }
    }
  }

  /** Reads the stream for a while, and hangs up. */
  async #follow(forMs: number): Promise<void> {
    const hangUp = new AbortController();
    const timer = setTimeout(() => hangUp.abort(), forMs);
    const signal = AbortSignal.any([hangUp.signal, this.#end.signal]);
    try {
      await this.#admin.text('/alerts/stream', signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
