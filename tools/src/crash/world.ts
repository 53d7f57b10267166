import type { EventClock } from './event-log.js';

/** What the clients of a round share. */
export interface World {
  readonly url: string;
  readonly clock: EventClock;
  /** Everybody's name. */
  readonly names: readonly string[];
  /** Those who are often not connected. */
  readonly awayNames: readonly string[];
  /** A body number that was never used. */
  nextId(): number;
  /** True while messages with a `ttl` may still be sent. */
  readonly ttlAllowed: boolean;
  /** A new SEND has left. */
  onSent(): void;
  /** Somebody was let in. */
  onWelcome(): void;
  /** `count` messages were accepted after their receipt had come. */
  onElided(count: number): void;
}
