import type { MailboxClass } from '../mailbox-class.js';

/** Rates over the last 1, 10 and 100 s, per second. */
export type Rates = readonly [per1: number, per10: number, per100: number];

/** What is known of a mailbox at one moment. */
export interface MailboxReading {
  readonly name: string;
  readonly class: MailboxClass;
  /** Messages waiting: queued, sent but unacked, or stored. */
  readonly depth: number;
  /** Since it is looked at. */
  readonly received: number;
  readonly handled: number;
  readonly in: Rates;
  readonly out: Rates;
  /** in - out over 10 s, per second; below 0 while it drains. */
  readonly growth: number;
  /** Age of the oldest message, s; 0 with an empty mailbox. */
  readonly oldestSeconds: number;
  /** How long nothing has left although something waits, and its consumer is there; else 0. */
  readonly stalledSeconds: number;
  /** Until it is empty, s; Infinity when it is not draining, undefined while its user is away. */
  readonly drainSeconds: number | undefined;
}
