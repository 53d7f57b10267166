/** What a handler module does that it may not. Thrown into its own code; uncaught it is a crash of the actor in hand. */
export const handlerErrors = Object.freeze({
  handling_over: 'a context was used after its handling',
  bad_send:
    'a send that no router takes: an ill-formed name, a ttl out of range, a body that is no bytes and no string',
  too_large: 'a body or a result is larger than the router takes',
  too_many_sends: 'a handling sent more than 1,000 times',
  bad_timer: 'a delay that is no number of ms from 0 to 2^31 - 1',
  offload_failed: 'a task threw, there is none of that name, or its input or result cannot be copied',
  offload_timeout: 'a task had no result in its time, and was ended',
  offload_busy: 'as many tasks wait as may',
});

export type HandlerErrorCode = keyof typeof handlerErrors;

/** A broken promise of a handler module, with a stable code. */
export class HandlerError extends Error {
  readonly code: HandlerErrorCode;

  constructor(code: HandlerErrorCode, message: string) {
    super(message);
    this.name = 'HandlerError';
    this.code = code;
  }
}
