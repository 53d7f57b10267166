import type { RejectCode } from '@mailbeam/protocol';

/** A message that its sender has sent and nobody has accepted yet, as an interceptor sees it. */
export interface Envelope {
  /** The user who sends it. */
  readonly from: string;
  /** The user or `$service` that it goes to. */
  readonly to: string;
  /** Only lent: copy what is to be kept. Clients may encrypt it end to end; then it is noise. */
  readonly body: Uint8Array;
  /** Seconds; -1 when its sender gave none. */
  readonly ttl: number;
  /** A resend: it may have been accepted before, and then no verdict changes anything. */
  readonly again: boolean;
  /** The body as UTF-8; what is not becomes U+FFFD. */
  text(): string;
}

/** Codes that an interceptor may reject with (protocol, "Codes"). */
export type InterceptorRejectCode = Extract<
  RejectCode,
  'forbidden' | 'invalid' | 'overloaded' | 'rate_limited' | 'too_large' | 'unavailable'
>;

/** What a service is told of a message that passes. */
export interface Tell {
  /** With its `$`; one that does not run is not told. */
  readonly service: string;
  /** A value of CALL's profile, at most 4,096 bytes as MessagePack; the service reads it with `signal.decode()`. */
  readonly note: unknown;
}

/** What becomes of an envelope; nothing (undefined) passes it on as it is. */
export type InterceptorVerdict =
  | { readonly action: 'pass'; readonly tell?: Tell }
  /** Goes on with another body; the next interceptor sees that one. At most `limits.maxBody` bytes. */
  | { readonly action: 'change'; readonly body: Uint8Array | string }
  | {
      readonly action: 'reject';
      readonly code: InterceptorRejectCode;
      readonly detail: string;
      readonly retryAfterMs: number;
    }
  /** Goes to another user, or to a service; the next interceptor sees that one. For its sender it is accepted. */
  | { readonly action: 'divert'; readonly to: string };

/** Lets an envelope pass as it is. */
export const pass = (): InterceptorVerdict => ({ action: 'pass' });

/**
 * Lets it pass as it is, and signals a service from its sender once it is on its way: never stored, and dropped where the
 * service has too much to do. That is how a message gets an answer from somebody else.
 */
export const tell = (service: string, note: unknown = null): InterceptorVerdict => ({
  action: 'pass',
  tell: { service, note },
});

/** Lets it pass with another body. */
export const change = (body: Uint8Array | string): InterceptorVerdict => ({ action: 'change', body });

/** Rejects it: its sender gets REJECTED with this code, or, of a resend that was not accepted before, a receipt `undeliverable`. */
export const reject = (code: InterceptorRejectCode, detail: string, retryAfterMs = 0): InterceptorVerdict => ({
  action: 'reject',
  code,
  detail,
  retryAfterMs,
});

/** Sends it to someone else. */
export const divert = (to: string): InterceptorVerdict => ({ action: 'divert', to });

/** Whose envelopes a part of an interceptor sees. */
export interface InterceptedSender {
  readonly user: string;
}

/**
 * Sees every message before it is accepted. Each connection has a part of its own with a state of its own, made before its
 * first message. Callbacks, who calls them when, and their legal returns:
 *
 * | callback | when | returns |
 * |---|---|---|
 * | `init(sender)` | before the first message of a connection; without it the state is undefined | the state |
 * | `intercept(envelope, state)` | for each SEND, after the session has let it pass | a verdict, nothing (passes), or a promise of either |
 * | `codeChange(state, from)` | between two messages, when this version takes over from version `from` | the state in this version's shape; a throw leaves the part with the old version |
 * | `selfTest()` | before the version goes live, in a worker | nothing or a promise; a throw refuses the load |
 *
 * It runs while the event loop waits: it may take `interceptors.overrunMs`. A promise holds back the later messages of that one
 * sender, and nobody else, for at most `interceptors.asyncOverrunMs`. After `interceptors.overruns` overruns in a minute the
 * version is switched off. A throw ends this part, with its state, and the message is tried again with a new one; after
 * `maxAttempts` the message is rejected `failed`.
 */
export interface Interceptor<S = unknown> {
  readonly kind: 'interceptor';
  readonly name: string;
  readonly version: string;
  /** Lower goes first; default 100. Equal ones go by name. */
  readonly order: number;
  /** What becomes of messages while it is switched off: `'pass'` (default) lets them through, `'reject'` rejects them `unavailable`. */
  readonly whenOff: 'pass' | 'reject';
  init?(sender: InterceptedSender): S;
  intercept(
    envelope: Envelope,
    state: S,
  ): InterceptorVerdict | undefined | void | Promise<InterceptorVerdict | undefined | void>;
  codeChange?(state: unknown, from: string): S;
  selfTest?(): void | Promise<void>;
}

/** What an author writes; see {@link Interceptor}. */
export type InterceptorDefinition<S> = Omit<Interceptor<S>, 'kind' | 'order' | 'whenOff'> &
  Partial<Pick<Interceptor<S>, 'order' | 'whenOff'>>;

/**
 * Defines an interceptor; the default export of its file.
 * @throws TypeError naming the member that is wrong
 * @example
 * export default defineInterceptor({
 *   name: 'no-shouting', version: '1.0.0',
 *   intercept: (envelope) => (envelope.text().endsWith('!!!') ? reject('forbidden', 'please do not shout') : pass()),
 * });
 */
export function defineInterceptor<S = undefined>(definition: InterceptorDefinition<S>): Interceptor<S> {
  const interceptor: Interceptor<S> = { order: 100, whenOff: 'pass', ...definition, kind: 'interceptor' };
  const problems = interceptorProblems(interceptor as unknown as Record<string, unknown>);
  if (problems.length > 0) throw new TypeError(`interceptor ${String(definition.name)}: ${problems.join('; ')}`);
  return Object.freeze(interceptor);
}

/** What is wrong with an interceptor's own members, besides name and version; empty when nothing is. */
export function interceptorProblems(given: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  if (typeof given['intercept'] !== 'function') problems.push('intercept must be a function');
  for (const key of ['init', 'codeChange', 'selfTest'])
    if (given[key] !== undefined && typeof given[key] !== 'function')
      problems.push(`${key} must be a function where it is given`);
  if (typeof given['order'] !== 'number' || !Number.isFinite(given['order'])) problems.push('order must be a number');
  if (given['whenOff'] !== 'pass' && given['whenOff'] !== 'reject') problems.push("whenOff must be 'pass' or 'reject'");
  for (const key of Object.keys(given))
    if (!members.has(key)) problems.push(`${key} is not a member of an interceptor`);
  return problems;
}

const members = new Set(['kind', 'name', 'version', 'order', 'whenOff', 'init', 'intercept', 'codeChange', 'selfTest']);
