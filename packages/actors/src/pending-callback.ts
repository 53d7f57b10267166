import type { Actor } from './actor.js';
import type { ExitReason } from './exit-reason.js';
import type { Timer } from './timer-wheel.js';

/** A callback whose promise is pending. Stale as soon as its actor does not hold it any more: what settles later is ignored. */
export class PendingCallback {
  readonly actor: Actor;
  readonly phase: 'init' | 'handler' | 'terminate';
  /** The message in hand, for a crash report. */
  readonly message: unknown;
  /** In phase `terminate`: the reason to end with. */
  readonly reason: ExitReason;
  /** Whether a mailbox message is being handled (and counts when it settles). */
  readonly counts: boolean;
  timer: Timer | null = null;

  constructor(
    actor: Actor,
    phase: 'init' | 'handler' | 'terminate',
    message: unknown,
    reason: ExitReason,
    counts: boolean,
  ) {
    this.actor = actor;
    this.phase = phase;
    this.message = message;
    this.reason = reason;
    this.counts = counts;
  }
}
