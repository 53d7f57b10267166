const CODE = /^[a-z][a-z0-9_]{0,63}$/;

/** An error of a service's own: its caller gets a REPLY that is not ok, with this code. No crash. */
export class CallError extends Error {
  readonly code: string;
  readonly detail: string;

  constructor(code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'CallError';
    this.code = code;
    this.detail = detail;
  }
}

/**
 * To be thrown by a method: `throw callError('not_enough', 'the account has 3 left')`. Anything else that a method throws is a
 * crash.
 * @throws TypeError for a code that is not 1 to 64 of a-z, 0-9 and _, beginning with a letter
 */
export function callError(code: string, detail = ''): CallError {
  if (!CODE.test(code))
    throw new TypeError(`the code of a call error is 1 to 64 of a-z, 0-9 and _, not '${String(code)}'`);
  return new CallError(code, detail);
}
