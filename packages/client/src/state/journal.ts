import type { Clock } from '../clock.js';
import { handlerRetryMs } from '../backoff.js';
import type { Turn } from '../turn.js';
import type { StateStore } from './state-store.js';

/**
 * Gathers changes of the saved state and writes them, one batch at a time: what changes while a batch is being written
 * goes into the next. A batch that fails is tried again until it succeeds; until then nothing that waits for it moves.
 * When one is durable the client's turn is woken, as what waited may now leave.
 */
export class Journal {
  private readonly store: StateStore;
  private readonly clock: Clock;
  private readonly turn: Turn;
  private readonly onError: (error: unknown) => void;
  private changes = new Map<string, Uint8Array | undefined>();
  private waiting: (() => void)[] = [];
  private writing = false;
  private ended = false;
  private idle: (() => void)[] = [];
  private cancelRetry: (() => void) | undefined;

  constructor(store: StateStore, clock: Clock, turn: Turn, onError: (error: unknown) => void) {
    this.store = store;
    this.clock = clock;
    this.turn = turn;
    this.onError = onError;
  }

  /** Notes a change for the next batch; undefined removes the key. */
  set(key: string, value: Uint8Array | undefined): void {
    this.changes.set(key, value);
  }

  /** Calls `fn` when everything noted so far is durable: at once where it is already. */
  whenDurable(fn: () => void): void {
    if (this.changes.size === 0 && !this.writing) fn();
    else this.waiting.push(fn);
  }

  /** Starts writing what was noted, unless a batch is under way, which then is followed by the next by itself. */
  kick(): void {
    if (this.writing || this.ended) return;
    if (this.changes.size === 0) return;
    const changes = this.changes;
    const waiting = this.waiting;
    this.changes = new Map();
    this.waiting = [];
    this.writing = true;
    this.attempt(changes, waiting, 0);
  }

  /** Writes what was noted and closes the store. Gives up what cannot be written at once. */
  async close(): Promise<void> {
    this.kick();
    if (this.cancelRetry !== undefined) this.cancelRetry();
    else if (this.writing) await new Promise<void>((resolve) => this.idle.push(resolve));
    this.ended = true;
    await this.store.close();
  }

  private attempt(
    changes: ReadonlyMap<string, Uint8Array | undefined>,
    waiting: readonly (() => void)[],
    failures: number,
  ): void {
    this.store.write(changes).then(
      () => {
        this.writing = false;
        for (const fn of waiting) fn();
        // What waited behind this batch and noted no change of its own.
        if (this.changes.size === 0) {
          for (const fn of this.waiting.splice(0)) fn();
        }
        this.turn.wake();
        this.kick();
        if (!this.writing) this.rest();
      },
      (error: unknown) => {
        this.onError(error);
        if (this.idle.length > 0) {
          this.writing = false;
          this.ended = true;
          this.rest();
          return;
        }
        this.cancelRetry = this.clock.timer(handlerRetryMs(failures), () => {
          this.cancelRetry = undefined;
          this.attempt(changes, waiting, failures + 1);
        });
      },
    );
  }

  private rest(): void {
    for (const resolve of this.idle.splice(0)) resolve();
  }
}
