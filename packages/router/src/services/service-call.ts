import type { Port } from '../port/port.js';

/** What a CALL gets: the result, encoded, or why there is none. */
export type Reply =
  | { readonly ok: true; readonly result: Uint8Array }
  | { readonly ok: false; readonly code: string; readonly detail: string };

/** A CALL that waits for its answer. */
export class ServiceCall {
  readonly port: Port;
  readonly rid: number;
  readonly method: string;
  /** The bytes of its arguments, one value of the protocol. */
  readonly args: Uint8Array;
  /** Monotonic ms. */
  readonly deadline: number;
  isAnswered = false;

  constructor(port: Port, rid: number, method: string, args: Uint8Array, deadline: number) {
    this.port = port;
    this.rid = rid;
    this.method = method;
    this.args = args;
    this.deadline = deadline;
  }

  get from(): string {
    return this.port.user;
  }

  /** Nobody waits for it: it was answered, or its caller is gone. */
  get isOver(): boolean {
    return this.isAnswered || this.port.phase === 'closed';
  }
}
