import { limits, nameKind } from '@mailbeam/protocol';
import { HandlerError } from '../errors.js';
import type { SendOptions, Sent, ServiceContext, ServiceLog, ServiceTimer } from '../service-context.js';
import type { ServiceMessage } from '../service-message.js';
import type { Service, ServiceTask } from '../service.js';
import type { RunTimers } from './run-timers.js';
import { SentMessage } from './sent-message.js';

const MOST_SENDS = 1_000;

const silent: ServiceLog = Object.freeze({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
});

/** The context of one handling in a test: what it asks for is kept here until the handling has returned. */
export class RunContext implements ServiceContext {
  readonly name: string;
  readonly version: string;
  readonly caller: string;
  readonly from: string;
  readonly now: number;
  readonly log = silent;
  readonly sent: SentMessage[] = [];
  readonly #tasks: Readonly<Record<string, ServiceTask>>;
  readonly #timers: RunTimers;
  readonly #set: ReturnType<RunTimers['make']>[] = [];
  #over = false;

  constructor(service: Pick<Service, 'name' | 'version' | 'tasks'>, caller: string, from: string, timers: RunTimers) {
    this.name = service.name;
    this.version = service.version;
    this.caller = caller;
    this.from = from;
    this.now = timers.now;
    this.#tasks = service.tasks ?? {};
    this.#timers = timers;
  }

  send(to: string, body: Uint8Array | string, { ttl = -1 }: SendOptions = {}): Sent {
    if (ttl !== -1 && !(Number.isInteger(ttl) && ttl >= limits.ttlMinSeconds && ttl <= limits.ttlMaxSeconds))
      throw new HandlerError('bad_send', `ttl is ${String(ttl)}`);
    return this.#ask(new SentMessage(`$${this.name}`, to, body, ttl));
  }

  reply(message: ServiceMessage, body: Uint8Array | string, options?: SendOptions): Sent {
    return this.send(message.from, body, options);
  }

  signal(to: string, body: Uint8Array | string): void {
    const signal = this.#ask(new SentMessage(`$${this.name}`, to, body, -1, true));
    if (signal.body.length > limits.signalBytes) throw new HandlerError('too_large', 'a signal is too large');
  }

  setTimer(delayMs: number, tag: unknown): ServiceTimer {
    this.#mustBeOpen();
    if (!(delayMs >= 0 && delayMs < 2 ** 31)) throw new HandlerError('bad_timer', `a delay of ${String(delayMs)}`);
    const timer = this.#timers.make(delayMs, tag);
    this.#set.push(timer);
    return timer;
  }

  cancelTimer(timer: ServiceTimer): boolean {
    this.#mustBeOpen();
    const index = this.#set.findIndex((one) => one === timer);
    if (index !== -1) this.#set.splice(index, 1);
    return index !== -1 || this.#timers.remove(timer);
  }

  /** Runs the task on this thread, with copies of input and result as the real one has them. */
  async offload<R>(task: string, input: unknown): Promise<R> {
    this.#mustBeOpen();
    const run = this.#tasks[task];
    if (run === undefined) throw new HandlerError('offload_failed', `there is no task ${task}`);
    try {
      return structuredClone(await run(structuredClone(input) as never)) as R;
    } catch (error) {
      throw new HandlerError('offload_failed', error instanceof Error ? error.message : String(error));
    }
  }

  /** The handling has returned: what it asked for takes effect. */
  close(): readonly SentMessage[] {
    for (const timer of this.#set) this.#timers.add(timer);
    this.#over = true;
    return this.sent;
  }

  /** It threw: nothing of what it asked for has happened. */
  discard(): void {
    this.#over = true;
  }

  #ask(message: SentMessage): SentMessage {
    this.#mustBeOpen();
    if (nameKind(message.to) === 0) throw new HandlerError('bad_send', `'${message.to}' is no name`);
    if (this.sent.length >= MOST_SENDS)
      throw new HandlerError('too_many_sends', `one handling sends at most ${MOST_SENDS} times`);
    this.sent.push(message);
    return message;
  }

  #mustBeOpen(): void {
    if (this.#over) throw new HandlerError('handling_over', 'the handling that this context is for has returned');
  }
}
