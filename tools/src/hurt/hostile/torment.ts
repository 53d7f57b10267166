import type { RouterProcess } from '../../crash/router-process.js';

/** How much there is of it. */
export interface Scale {
  /** Who do not read, who do not ack, who trickle: so many of each. */
  readonly peers: number;
  /** Messages to each of those who get some. */
  readonly messagesEach: number;
  /** Connections that are opened and closed. */
  readonly opens: number;
  /** Longest wait until what must end, or be let go, is, ms. */
  readonly settleMs: number;
}

/** What a torment has to do with. */
export interface Stage {
  readonly router: RouterProcess;
  readonly scale: Scale;
  /** Of the round: users of the torment have it in their names. */
  readonly nth: number;
}

/** A torment that has begun. */
export interface Torment {
  /** Who is to get mail. */
  readonly recipients?: readonly string[];
  /** Resolves when it has done to the router all that it does. */
  readonly busy?: Promise<void>;
  /** What its peers may have the router hold in memory, bytes. */
  readonly mostBytes?: number;
  /** Connections of it that stay. */
  readonly staying?: number;
  /** Once the mail has been sent: what has become of its peers. @throws when that is not what must */
  look(): Promise<void>;
  end?(): void;
}

/** Body of a message to those who get some. */
export const BODY_BYTES = 16_384;

/** Short times and small bounds, so that a test need not wait for the usual ones nor fill them. */
export const hostileSettings = {
  MAILBEAM_HELLO_TIMEOUT_MS: '2000',
  MAILBEAM_SLOW_CONSUMER_MS: '2000',
  MAILBEAM_LIMITS_CONNECTIONS: '400',
  MAILBEAM_LIMITS_MAILBOX_MESSAGES: '1000',
  MAILBEAM_LIMITS_RECEIPTS: '50',
  // more than the kernel takes for a socket that nobody reads: else nobody would be a slow consumer
  MAILBEAM_LIMITS_INFLIGHT_BYTES: String(32 << 20),
} as const;

/** A bound of {@link hostileSettings}. */
export const bound = (name: keyof typeof hostileSettings): number => Number(hostileSettings[name]);
