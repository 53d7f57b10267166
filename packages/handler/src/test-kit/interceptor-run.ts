import { pass } from '../interceptor.js';
import type { Interceptor, InterceptorVerdict } from '../interceptor.js';
import { bytesOf } from './sent-message.js';

const utf8 = new TextDecoder();

/**
 * One sender's part of an interceptor, run by hand: for the tests of a handler module. A throw leaves a new state, as in the
 * router, and rejects here.
 * @example
 * const run = new InterceptorRun(wordFilter, 'alice');
 * assert.deepEqual(await run.send('bob', 'hello'), pass());
 */
export class InterceptorRun<S> {
  readonly interceptor: Interceptor<S>;
  readonly user: string;
  #state: S;

  constructor(interceptor: Interceptor<S>, user: string, state?: S) {
    this.interceptor = interceptor;
    this.user = user;
    this.#state = state ?? (interceptor.init?.({ user }) as S);
  }

  get state(): S {
    return this.#state;
  }

  /** What becomes of a message. */
  async send(
    to: string,
    body: Uint8Array | string,
    { ttl = -1, again = false }: { readonly ttl?: number; readonly again?: boolean } = {},
  ): Promise<InterceptorVerdict> {
    const bytes = bytesOf(body);
    const envelope = { from: this.user, to, body: bytes, ttl, again, text: () => utf8.decode(bytes) };
    try {
      return (await this.interceptor.intercept(envelope, this.#state)) ?? pass();
    } catch (error) {
      this.#state = this.interceptor.init?.({ user: this.user }) as S;
      throw error;
    }
  }

  /** Another version takes over: with its `codeChange`, or with the state as it is where it has none. */
  moveTo<T>(next: Interceptor<T>): InterceptorRun<T> {
    const state = structuredClone(this.#state);
    const { version } = this.interceptor;
    return new InterceptorRun(next, this.user, next.codeChange?.(state, version) ?? (state as unknown as T));
  }
}
