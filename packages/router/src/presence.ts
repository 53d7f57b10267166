import type { Clock } from './clock.js';
import { Fifo } from './fifo.js';
import type { Port } from './port/port.js';

/** Who watches whom, and who is online: a user counts as away `awayMs` after its last connection ended (semantics 9.7). */
export class Presence {
  readonly #clock: Clock;
  readonly #awayMs: number;
  readonly #isConnected: (user: string) => boolean;
  #watchers = new Map<string, Set<Port>>();
  /** Users without a connection who still count as online, in the order in which they left. */
  #leaving = new Map<string, number>();
  #left = new Fifo<string>();

  constructor(clock: Clock, awayMs: number, isConnected: (user: string) => boolean) {
    this.#clock = clock;
    this.#awayMs = awayMs;
    this.#isConnected = isConnected;
  }

  isOnline(user: string): boolean {
    return this.#isConnected(user) || this.#leaving.has(user);
  }

  /** A connection of `user` is open. */
  came(user: string): void {
    if (this.#leaving.delete(user)) return;
    this.#tell(user, true);
  }

  /** The connection of `user` has ended. */
  went(user: string): void {
    if (!this.#leaving.has(user)) this.#left.push(user);
    this.#leaving.set(user, this.#clock.mono + this.#awayMs);
  }

  /** Tells who has been away long enough. */
  tick(): void {
    for (let user = this.#left.peek(); user !== undefined; user = this.#left.peek()) {
      const at = this.#leaving.get(user);
      if (at !== undefined && at > this.#clock.mono) return;
      this.#left.shift();
      if (at === undefined) continue;
      this.#leaving.delete(user);
      this.#tell(user, false);
    }
  }

  /** Starts to watch, and tells the state now; `false` when that would be more than `limit` users. */
  watch(port: Port, users: readonly string[], limit: number): boolean {
    const watched = (port.watched ??= new Set());
    const added = users.filter((user) => !watched.has(user));
    if (watched.size + new Set(added).size > limit) return false;
    for (const user of users) {
      watched.add(user);
      let watchers = this.#watchers.get(user);
      if (watchers === undefined) this.#watchers.set(user, (watchers = new Set()));
      watchers.add(port);
    }
    this.tellAll(port, users);
    return true;
  }

  unwatch(port: Port, users: Iterable<string>): void {
    for (const user of users) {
      port.watched?.delete(user);
      const watchers = this.#watchers.get(user);
      watchers?.delete(port);
      if (watchers?.size === 0) this.#watchers.delete(user);
    }
  }

  /** Tells `port` the state of each of `users`. */
  tellAll(port: Port, users: Iterable<string>): void {
    for (const user of users) port.out().presence(user, this.isOnline(user), this.#clock.wall);
  }

  #tell(user: string, online: boolean): void {
    for (const port of this.#watchers.get(user) ?? []) {
      if (port.stalledAt > 0) port.missedPresence = true;
      else port.out().presence(user, online, this.#clock.wall);
    }
  }
}
