import { CloseCode, Op } from '@mailbeam/protocol';
import type { RejectCode } from '@mailbeam/protocol';
import { Message } from '../mailbox/request.js';
import type { ReadRequest, Rejection } from '../mailbox/request.js';
import type { PortFrame } from './frames.js';
import type { PortHost } from './port-host.js';
import type { Port } from './port.js';
import { Budget, Strikes } from './rate.js';

const Effect = { NONE: 0, ROUTE: 1, REJECT: 2, WATCH: 3, REPLY: 4, REFUSE: 5, CALL: 6 } as const;
type Effect = (typeof Effect)[keyof typeof Effect];

/**
 * What the session asked to be done with the frame in hand. One for a port, used again for each frame: nothing of it takes
 * effect before `apply` (semantics 5.3).
 */
export class Verdict {
  #effect: Effect = Effect.NONE;
  #code: RejectCode | 'ok' | '' = '';
  #detail = '';
  #retryAfterMs = 0;
  #result: unknown = undefined;
  #refusal: Rejection | null = null;
  #strikes: Strikes | null = null;
  #signals: Budget | null = null;

  clear(): void {
    this.#effect = Effect.NONE;
  }

  route(): void {
    this.#effect = Effect.ROUTE;
  }

  reject(code: RejectCode, detail: string, retryAfterMs: number): void {
    this.#effect = Effect.REJECT;
    this.#code = code;
    this.#detail = detail;
    this.#retryAfterMs = retryAfterMs;
  }

  /** An interceptor has rejected what the session let pass; a resend is looked up all the same. */
  refuse(rejection: Rejection): void {
    this.#effect = Effect.REFUSE;
    this.#refusal = rejection;
  }

  get routes(): boolean {
    return this.#effect === Effect.ROUTE;
  }

  get rejects(): boolean {
    return this.#effect === Effect.REJECT || (this.#effect === Effect.REPLY && this.#code !== 'ok');
  }

  reply(ok: boolean, result: unknown): void {
    this.#effect = Effect.REPLY;
    this.#code = ok ? 'ok' : '';
    this.#result = result;
  }

  watch(): void {
    this.#effect = Effect.WATCH;
  }

  call(): void {
    this.#effect = Effect.CALL;
  }

  apply(frame: PortFrame, port: Port, host: PortHost): void {
    switch (frame.op) {
      case Op.SEND:
      case Op.READ:
        port.number(frame);
        if (this.#effect === Effect.ROUTE) host.dispatch.route(port, frame);
        else if (this.#effect === Effect.REJECT) this.#rejectFrame(frame, port, host);
        else if (this.#effect === Effect.REFUSE) host.dispatch.refuse(port, frame, this.#refusal!);
        else host.dispatch.reject(frame, { code: 'failed', detail: 'its handler gave no answer', retryAfterMs: 0 });
        break;
      case Op.SIGNAL:
        if (
          this.#effect === Effect.ROUTE &&
          (this.#signals ??= new Budget(host.limits.signalRate)).take(host.clock.mono)
        ) {
          host.dispatch.signal(port, frame);
        }
        break;
      case Op.WATCH:
        if (this.#effect === Effect.WATCH) host.dispatch.watch(port, frame);
        break;
      case Op.CALL:
        if (this.#effect === Effect.CALL) host.dispatch.call(port, frame);
        else if (this.#effect === Effect.REPLY) port.out().reply(frame.rid, this.#code === 'ok', this.#result);
        else port.out().reply(frame.rid, false, { code: 'failed', detail: 'its handler gave no answer' });
        break;
      default:
        frame satisfies never;
    }
  }

  #rejectFrame(request: Message | ReadRequest, port: Port, host: PortHost): void {
    const rejection = { code: this.#code as RejectCode, detail: this.#detail, retryAfterMs: this.#retryAfterMs };
    // from the frame's bytes alone: a resend gets the same answer without being remembered (semantics 2.6)
    if (this.#code === 'invalid' || this.#code === 'too_large') host.dispatch.rejectAtOnce(request, rejection);
    // the service ran when the message was sent, and may have taken it
    else if (
      request.again &&
      request instanceof Message &&
      request.toKind === 3 &&
      host.dispatch.wasService(request.to)
    )
      host.dispatch.refuse(port, request, rejection);
    else host.dispatch.reject(request, rejection);
    if (this.#code !== 'rate_limited') return;
    if ((this.#strikes ??= new Strikes()).add(host.clock.mono)) {
      port.fail('rate_limited', 'too many requests after they were refused', CloseCode.RATE_LIMITED);
    }
  }
}
