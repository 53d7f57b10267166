/** A session ends after so long, used or not. */
export const SESSION_MS = 12 * 3_600_000;

/** A session of the console, as its cookie carries it. */
export interface ConsoleSession {
  /** The value of the cookie. */
  readonly cookie: string;
  /** Ms since the epoch. */
  readonly endsAt: number;
}
