import { Fifo } from '../fifo.js';
import type { Port } from '../port/port.js';
import { ServiceCall } from './service-call.js';
import type { Reply } from './service-call.js';
import type { ServiceLimits } from './service-limits.js';

/** The CALLs of one service that are not answered yet: so many, of so many bytes, for so long. */
export class Calls {
  readonly #limits: ServiceLimits;
  /** How many of each connection wait, at all services. */
  readonly #byConnection: Map<Port, number>;
  /** In order of arrival, which is that of their deadlines. */
  #waiting = new Fifo<ServiceCall>();
  #count = 0;
  #bytes = 0;

  constructor(limits: ServiceLimits, byConnection: Map<Port, number>) {
    this.#limits = limits;
    this.#byConnection = byConnection;
  }

  /** How many wait for their answers. */
  get waiting(): number {
    return this.#count;
  }

  /** Takes a CALL, or answers why not. */
  add(port: Port, rid: number, method: string, args: Uint8Array, now: number): ServiceCall | undefined {
    const { calls, callBytes, connectionCalls, callTimeoutMs } = this.#limits;
    const ofConnection = this.#byConnection.get(port) ?? 0;
    const call = new ServiceCall(port, rid, method, args, now + callTimeoutMs);
    if (ofConnection >= connectionCalls)
      return refuse(call, `at most ${connectionCalls} calls of a connection may be unanswered`);
    if (this.#count >= calls || this.#bytes + args.length > callBytes)
      return refuse(call, 'the service has too much waiting');
    this.#byConnection.set(port, ofConnection + 1);
    this.#count++;
    this.#bytes += args.length;
    this.#forgetAnswered();
    this.#waiting.push(call);
    return call;
  }

  /** Answers a call, once: what comes too late is dropped. */
  answer(call: ServiceCall, reply: Reply): void {
    if (call.isAnswered) return;
    call.isAnswered = true;
    this.#count--;
    this.#bytes -= call.args.length;
    const { port } = call;
    const left = this.#byConnection.get(port)! - 1;
    if (left === 0) this.#byConnection.delete(port);
    else this.#byConnection.set(port, left);
    write(call, reply);
  }

  /** Answers those that have waited too long at monotonic ms `now`. */
  expire(now: number): void {
    for (let call = this.#waiting.peek(); call !== undefined; call = this.#waiting.peek()) {
      if (!call.isAnswered && call.deadline > now) return;
      this.#waiting.shift();
      const detail = `no answer within ${this.#limits.callTimeoutMs} ms`;
      this.answer(call, { ok: false, code: 'timeout', detail });
    }
  }

  /** Answers all of them. */
  answerAll(reply: Reply): void {
    for (let call = this.#waiting.shift(); call !== undefined; call = this.#waiting.shift()) this.answer(call, reply);
  }

  #forgetAnswered(): void {
    while (this.#waiting.peek()?.isAnswered === true) this.#waiting.shift();
  }
}

function refuse(call: ServiceCall, detail: string): undefined {
  write(call, { ok: false, code: 'overloaded', detail });
}

function write({ port, rid }: ServiceCall, reply: Reply): void {
  if (port.phase === 'closed') return;
  if (reply.ok) port.out(reply.result.length).replyEncoded(rid, true, reply.result);
  else port.out().reply(rid, false, { code: reply.code, detail: reply.detail });
}
