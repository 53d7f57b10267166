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

/** Server-sent events: each change as JSON, to everybody who follows. */
export class EventHub implements AlertSink {
  readonly name = 'events';
  readonly #followers = new Set<Follower>();
  readonly #kept: { readonly id: number; readonly text: string }[] = [];
  #lastId = 0;

  get followers(): number {
    return this.#followers.size;
  }

  tell(event: AlertEvent): void {
    const id = ++this.#lastId;
    const data = JSON.stringify({ type: event.type, alert: alertJson(event.alert) });
    const text = `id: ${id}\nevent: alert\ndata: ${data}\n\n`;
    this.#kept.push({ id, text });
    if (this.#kept.length > KEPT) this.#kept.shift();
    this.#write(text);
  }

  /**
   * Begins to write to a follower; false when there are too many.
   * @param lastEventId what its `Last-Event-ID` says: what came after it, and is still known, comes first
   * @param firing what fires now: told first to one that is new
   */
  follow(follower: Follower, lastEventId: string | undefined, firing: readonly AlertEvent[]): boolean {
    if (this.#followers.size >= MAX_FOLLOWERS) return false;
    const last = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
    // an id of another life of the node is not known here
    const isKnown = last !== undefined && last <= this.#lastId;
    const missed = isKnown
      ? this.#kept.filter(({ id }) => id > last).map(({ text }) => text)
      : firing.map(({ type, alert }) => {
          return `event: alert\ndata: ${JSON.stringify({ type, alert: alertJson(alert) })}\n\n`;
        });
    this.#followers.add(follower);
    for (const text of ['retry: 2000\n\n', ...missed]) if (!this.#writeTo(follower, text)) break;
    return true;
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
