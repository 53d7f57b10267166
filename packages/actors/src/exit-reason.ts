/** What a throw becomes: the reason of an actor whose callback threw `error` (or whose promise rejected with it). */
export interface Thrown {
  readonly error: unknown;
}

/** A planned end with something to say. Counts as `'shutdown'` wherever reasons are judged. */
export interface ShutdownReason {
  readonly shutdown: unknown;
}

/**
 * Why an actor ended, or is to end. Strings with a meaning of their own, as in OTP:
 * - `'normal'`: it had nothing left to do. A link does not pass it on to an actor that does not trap exits.
 * - `'shutdown'` and `{ shutdown }`: it was told to end. Not a crash, never reported.
 * - `'kill'`: sent with `exit`, ends an actor even if it traps exits; the others then see `'killed'`.
 * - `'noproc'`: there was no such actor (any more).
 * - `'timeout'`: a callback's promise did not settle within `handlerTimeoutMs`.
 */
export type ExitReason = string | ShutdownReason | Thrown;

/** Whether `reason` is a planned end: `'normal'`, `'shutdown'` or `{ shutdown }`. A transient child is restarted for any other. */
export function isPlanned(reason: ExitReason): boolean {
  return reason === 'normal' || reason === 'shutdown' || (typeof reason === 'object' && 'shutdown' in reason);
}

/** The error behind a reason, if it came from a throw. */
export function errorOf(reason: ExitReason): unknown {
  return typeof reason === 'object' && 'error' in reason ? reason.error : undefined;
}

/** A reason in one line, for a log: strings as they are, errors as `Name: message`. Never throws. */
export function describeReason(reason: ExitReason): string {
  if (typeof reason === 'string') return reason;
  try {
    const inner = 'error' in reason ? reason.error : reason.shutdown;
    const text = inner instanceof Error ? `${inner.name}: ${inner.message}` : String(inner);
    return 'error' in reason ? text : `shutdown: ${text}`;
  } catch {
    return 'a reason that cannot be shown'; // a toString that throws must not take the reporter with it
  }
}

/** How `self.exit(reason)` leaves a callback. Internal: a callback that catches everything must throw it on. */
export class ExitThrow {
  readonly reason: ExitReason;
  constructor(reason: ExitReason) {
    this.reason = reason;
  }
}

/** The exit reason for something that was thrown. */
export function reasonOf(thrown: unknown): ExitReason {
  return thrown instanceof ExitThrow ? thrown.reason : { error: thrown };
}
