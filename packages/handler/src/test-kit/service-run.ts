import { decodeAny, encodeAny } from '@mailbeam/protocol';
import { CallError } from '../call-error.js';
import type { ServiceReceipt } from '../service-message.js';
import type { Service, ServiceEnd } from '../service.js';
import { describeIssues } from '../standard-schema.js';
import { RunContext } from './run-context.js';
import { RunTimers } from './run-timers.js';
import { SentMessage } from './sent-message.js';

/** How an actor of a service is run in a test. */
export interface RunOptions {
  /** With `state: 'caller'`: whose it is. Default '' . */
  readonly caller?: string;
  /** Wall clock, ms since the epoch. Default 0. */
  readonly now?: number;
}

/**
 * One actor of a service, run by hand: for the tests of a handler module. It keeps the rules of the router: one handling at a
 * time, what a handling asks for takes effect when it has returned, and one that throws leaves nothing but a new state. What the
 * handler throws rejects the call here.
 * @example
 * const run = await ServiceRun.start(counter);
 * assert.equal(await run.call('alice', 'add', { by: 2 }), 2);
 */
export class ServiceRun<S> {
  readonly service: Service<S>;
  /** What was sent and signalled, oldest first. */
  readonly sent: SentMessage[] = [];
  readonly #caller: string;
  readonly #timers: RunTimers;
  #state: S;
  #cid = 0;

  private constructor(service: Service<S>, caller: string, timers: RunTimers, state: S) {
    this.service = service;
    this.#caller = caller;
    this.#timers = timers;
    this.#state = state;
  }

  /** Starts the actor: `init`. */
  static async start<S>(service: Service<S>, { caller = '', now = 0 }: RunOptions = {}): Promise<ServiceRun<S>> {
    const timers = new RunTimers(now);
    return new ServiceRun(service, caller, timers, await started(service, caller, timers));
  }

  get state(): S {
    return this.#state;
  }

  /** Wall clock, ms since the epoch. */
  get now(): number {
    return this.#timers.now;
  }

  /** What was sent since it was asked last. */
  takeSent(): SentMessage[] {
    return this.sent.splice(0);
  }

  async message(from: string, body: Uint8Array | string): Promise<void> {
    const message = Object.assign(new SentMessage(from, `$${this.service.name}`, body), { ts: this.now });
    message.origin = 1;
    message.cid = ++this.#cid;
    await this.#handle(from, (ctx) => this.service.handleMessage?.(message, this.#state, ctx));
  }

  async signal(from: string, body: Uint8Array | string): Promise<void> {
    const signal = new SentMessage(from, `$${this.service.name}`, body, -1, true);
    await this.#handle(from, (ctx) => this.service.handleSignal?.(signal, this.#state, ctx));
  }

  /** What became of something that it sent; `delivered` where nothing is said. */
  async receipt(peer: string, given: Partial<ServiceReceipt> = {}): Promise<void> {
    const { cid = 1 } = given;
    const receipt: ServiceReceipt = {
      ...{ outcome: 'delivered', origin: 1, code: '', ts: this.now },
      ...given,
      ...{ peer, cid, upTo: given.upTo ?? cid },
    };
    await this.#handle(peer, (ctx) => this.service.handleReceipt?.(receipt, this.#state, ctx));
  }

  /** Calls a method. Rejects with a CallError: its own, `bad_args`, or `unknown_method`. */
  async call<R = unknown>(from: string, name: string, args: unknown = null): Promise<R> {
    const { methods = {} } = this.service;
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new CallError('unknown_method', name);
    const checked = await method.schema['~standard'].validate(decodeAny(encodeAny(args)));
    if (checked.issues !== undefined) throw new CallError('bad_args', describeIssues(checked.issues));
    let result: Uint8Array | CallError = new Uint8Array();
    await this.#handle(from, async (ctx) => {
      try {
        result = encodeAny(await method.handle(checked.value as never, this.#state, ctx));
      } catch (error) {
        // An error of its own is an answer: what the handling asked for happens.
        if (!(error instanceof CallError)) throw error;
        result = error;
      }
    });
    if (result instanceof CallError) throw result as CallError;
    return decodeAny(result) as R;
  }

  /** Lets time pass, and timers run out. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    for (let timer = this.#timers.takeDue(until); timer !== undefined; timer = this.#timers.takeDue(until)) {
      const { tag } = timer;
      await this.#handle('', (ctx) => this.service.handleTimer?.(tag, this.#state, ctx));
    }
  }

  /** Another version takes over, as in the router: with its `codeChange`, or with the state as it is where it has none. */
  moveTo<T>(next: Service<T>): ServiceRun<T> {
    const state = structuredClone(this.#state);
    const moved =
      next.codeChange === undefined ? (state as unknown as T) : next.codeChange(state, this.service.version);
    return new ServiceRun(next, this.#caller, this.#timers, moved);
  }

  async terminate(reason: ServiceEnd = 'shutdown'): Promise<void> {
    await this.service.terminate?.(reason, this.#state, this.#context(''));
    this.#timers.clear();
  }

  async #handle(from: string, callback: (ctx: RunContext) => S | void | Promise<S | void>): Promise<void> {
    const ctx = this.#context(from);
    try {
      const next = await callback(ctx);
      if (next !== undefined) this.#state = next;
    } catch (error) {
      ctx.discard();
      await this.#restart();
      throw error;
    }
    this.sent.push(...ctx.close());
  }

  async #restart(): Promise<void> {
    this.#timers.clear();
    this.#state = await started(this.service, this.#caller, this.#timers);
  }

  #context(from: string): RunContext {
    return new RunContext(this.service, this.#caller, from, this.#timers);
  }
}

async function started<S>(service: Service<S>, caller: string, timers: RunTimers): Promise<S> {
  const ctx = new RunContext(service, caller, '', timers);
  const state = await service.init(ctx);
  ctx.close();
  return state;
}
