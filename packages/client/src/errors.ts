import type { FailCode, RejectCode } from '@mailbeam/protocol';

/** Every `code` of an error of this package that does not come from the router, with what it says. */
export const clientErrorCodes = {
  invalid_argument: 'an argument or option is not what it must be',
  outbox_full: 'more is waiting to be answered than `outboxLimit` allows; nothing was taken',
  closed: 'the client is closed; what was unanswered may or may not have been taken by the router',
  connection_lost: 'the connection ended before the answer came; the service may or may not have handled the call',
  call_timeout: 'no answer to a call in time',
  already_consuming: 'messages go to one consumer: `onMessage`, or one iterator at a time',
  state_in_use: 'another client uses this state',
  state_damaged: 'the saved state cannot be read',
  state_mismatch: 'the saved state belongs to another user',
  no_web_socket: 'this platform has no WebSocket; give one with the option `webSocket`',
} as const;
/** The stable codes of the errors that this package makes itself. */
export type ClientErrorCode = keyof typeof clientErrorCodes;

/** What every error of this package is: `code` is stable, `message` is for people. */
export class MailbeamError extends Error {
  /** Stable, for programs. */
  readonly code: string;
  /** Whether the same may succeed when it is tried again later. */
  readonly retryable: boolean;

  constructor(code: string, message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.retryable = retryable;
  }
}

/** An argument or option is not what it must be (`invalid_argument`). */
export class ArgumentError extends MailbeamError {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid_argument', message, false, options);
  }
}

/** What is wrong with a name that the protocol does not allow there. */
export function illFormedName(name: string): ArgumentError {
  return new ArgumentError(`not a well-formed name: ${JSON.stringify(name)}`);
}

/** A REJECTED: the final answer for this `cid`. To try again is the application's decision and takes a new send. */
export class RejectedError extends MailbeamError {
  /** One of the protocol's codes; a later router may know more. */
  declare readonly code: RejectCode | (string & {});
  readonly cid: number;
  /** The router's own words. */
  readonly detail: string;
  /** How long to wait before the next try, milliseconds; undefined where the router did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(cid: number, code: string, detail: string, retryAfterMs?: number) {
    super(code, `rejected (${code}): ${detail}`, retriable.has(code));
    this.cid = cid;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }
}

const retriable: ReadonlySet<string> = new Set(['mailbox_full', 'rate_limited', 'overloaded', 'unavailable']);

/** The message was taken and will not be delivered: a RECEIPT of kind 3. */
export class FailedError extends MailbeamError {
  declare readonly code: FailCode | (string & {});
  readonly cid: number;

  constructor(cid: number, code: string) {
    super(code, `not delivered (${code})`, code === 'undeliverable');
    this.cid = cid;
  }
}

/** The bounded outbox takes no more until answers have come (`outbox_full`). */
export class OutboxFullError extends MailbeamError {
  constructor(what: string) {
    super('outbox_full', `the outbox is full: ${what}`, true);
  }
}

/** The client is closed (`closed`). `reason` says why: see `ClosedReason`. */
export class ClosedError extends MailbeamError {
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super('closed', `the client is closed: ${reason}`, false, options);
    this.reason = reason;
  }
}

/** A call that did not end well: the service's own code, or `connection_lost`, or `call_timeout`. */
export class CallError extends MailbeamError {
  readonly detail: string;

  constructor(code: string, detail: string) {
    super(code, `call failed (${code}): ${detail}`, code === 'timeout' || code === 'overloaded');
    this.detail = detail;
  }
}

/** Two consumers for one stream of messages (`already_consuming`). */
export class ConsumerError extends MailbeamError {
  constructor(message: string) {
    super('already_consuming', message, false);
  }
}

/** The saved state cannot be used: `state_in_use`, `state_damaged` or `state_mismatch`. */
export class StateError extends MailbeamError {
  constructor(code: 'state_in_use' | 'state_damaged' | 'state_mismatch', message: string, options?: ErrorOptions) {
    super(code, message, code === 'state_in_use', options);
  }
}
