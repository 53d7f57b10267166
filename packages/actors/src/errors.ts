import type { ExitReason } from './exit-reason.js';

/** What an error ends: the call that got it, the actor that does not catch it, or the start of the system. */
export type ErrorScope = 'call' | 'actor' | 'system';

/** All codes of errors that this package throws, with the scope of each and whether the same call may succeed later. */
export const errorCodes = {
  bad_option: { scope: 'system', retryable: false },
  not_installed: { scope: 'system', retryable: false },
  bad_behaviour: { scope: 'actor', retryable: false },
  bad_transition: { scope: 'actor', retryable: false },
  bad_child_spec: { scope: 'actor', retryable: false },
  name_taken: { scope: 'call', retryable: true },
  nested_too_deep: { scope: 'actor', retryable: false },
  stopped: { scope: 'system', retryable: false },
  not_a_supervisor: { scope: 'call', retryable: false },
  timeout: { scope: 'call', retryable: true },
  noproc: { scope: 'call', retryable: true },
  exit: { scope: 'call', retryable: true },
  overloaded: { scope: 'call', retryable: true },
  no_handler: { scope: 'call', retryable: false },
  busy: { scope: 'call', retryable: true },
  shutting_down: { scope: 'call', retryable: false },
  already_present: { scope: 'call', retryable: false },
  not_found: { scope: 'call', retryable: false },
  running: { scope: 'call', retryable: false },
  start_failed: { scope: 'call', retryable: true },
} as const satisfies Record<string, { scope: ErrorScope; retryable: boolean }>;

/** The stable codes of {@link ActorError}. */
export type ErrorCode = keyof typeof errorCodes;

/** With what a call fails: see `self.call`. */
export type CallErrorCode = Extract<ErrorCode, 'timeout' | 'noproc' | 'exit' | 'overloaded' | 'no_handler'>;

/** Every error that this package throws or rejects with. `reason` is the exit reason behind it, where there is one. */
export class ActorError extends Error {
  override readonly name: string = 'ActorError';
  readonly code: ErrorCode;
  readonly reason: ExitReason | undefined;

  constructor(code: ErrorCode, sentence: string, reason?: ExitReason) {
    super(sentence, typeof reason === 'object' && 'error' in reason ? { cause: reason.error } : undefined);
    this.code = code;
    this.reason = reason;
  }

  /** What this error ends when nobody catches it. */
  get scope(): ErrorScope {
    return errorCodes[this.code].scope;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}
