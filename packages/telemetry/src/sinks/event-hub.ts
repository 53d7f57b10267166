import { randomBytes } from 'node:crypto';
import { alertJson } from '../alerts/alert-json.js';
import type { AlertEvent } from '../alerts/alert.js';
import type { AlertSink } from './alert-sink.js';

/** One client that follows; the admin interface makes it of an HTTP response. */
export interface Follower {
  /** False: it does not read; it is closed, and comes again with the id of the last event it saw. */
  write(text: string): boolean;
  close(): void;
}

/** Events that are kept for followers that come again. */
const KEPT = 256;
const MAX_FOLLOWERS = 100;

/**
 * Server-sent events: each change as JSON, to everybody who follows. Their ids are `RUN-N`: a node counts from 1 and its run has
 * a name by chance, so that one who comes again after a restart is not taken for somebody who has seen its first events.
 */
export class EventHub implements AlertSink {
  readonly name = 'events';
  readonly #run: string;
  readonly #followers = new Set<Follower>();
  readonly #kept: { readonly id: number; readonly text: string }[] = [];
  #lastId = 0;

  /** @param run the name of this run, of letters and digits */
  constructor(run: string = randomBytes(8).toString('hex')) {
    this.#run = run;
  }

  get followers(): number {
    return this.#followers.size;
  }

  tell(event: AlertEvent): void {
    const id = ++this.#lastId;
    const data = JSON.stringify({ type: event.type, alert: alertJson(event.alert) });
    const text = `id: ${this.#run}-${id}\nevent: alert\ndata: ${data}\n\n`;
    this.#kept.push({ id, text });
    if (this.#kept.length > KEPT) this.#kept.shift();
    this.#write(text);
  }

  /**
   * Begins to write to a follower; false when there are too many.
   * @param lastEventId what its `Last-Event-ID` says: what came after it comes first
   * @param firing what fires now: told first to one that is new, comes from another run, or was away for too long
   */
  follow(follower: Follower, lastEventId: string | undefined, firing: readonly AlertEvent[]): boolean {
    if (this.#followers.size >= MAX_FOLLOWERS) return false;
    const missed = this.#since(lastEventId) ?? [
      ...firing.map(({ type, alert }) => {
        return `event: alert\ndata: ${JSON.stringify({ type, alert: alertJson(alert) })}\n\n`;
      }),
      // behind them: one that is cut off in their midst is new when it comes again
      `id: ${this.#run}-${this.#lastId}\n\n`,
    ];
    this.#followers.add(follower);
    for (const text of ['retry: 2000\n\n', ...missed]) if (!this.#writeTo(follower, text)) break;
    return true;
  }

  /** What came after an event; undefined where that is not known, or not all of it any more. */
  #since(lastEventId: string | undefined): string[] | undefined {
    const [, run, number] = /^([0-9a-z]+)-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
    const last = Number(number);
    if (run !== this.#run || last > this.#lastId || last < this.#lastId - this.#kept.length) return undefined;
    return this.#kept.filter(({ id }) => id > last).map(({ text }) => text);
  }

  /** The follower has gone by itself. */
  unfollow(follower: Follower): void {
    this.#followers.delete(follower);
  }

  /** Keeps connections from being taken for dead; call it every 15 s or so. */
  beat(): void {
    this.#write(': still here\n\n');
  }

  close(): Promise<void> {
    for (const follower of this.#followers) follower.close();
    this.#followers.clear();
    return Promise.resolve();
  }

  #write(text: string): void {
    for (const follower of [...this.#followers]) this.#writeTo(follower, text);
  }

  #writeTo(follower: Follower, text: string): boolean {
    if (follower.write(text)) return true;
    this.#followers.delete(follower);
    follower.close();
    return false;
  }
}
