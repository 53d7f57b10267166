import type { From } from './info.js';

/**
 * One kind of call: what is asked, and what is answered. The calls of a behaviour are a union of these, the last type argument of `defineBehaviour`; its pids carry them, so that `call`
 * takes no other request and knows the reply of each.
 * @example
 * type Calls = CallOf<'size', number> | CallOf<{ get: string }, string | undefined>;
 */
export interface CallOf<Request, Reply> {
  readonly request: Request;
  /** A function, so that a pid that answers more, or answers more narrowly, stands in for one that answers less. */
  readonly reply: (reply: Reply) => void;
}

/** Any kind of call. */
export type AnyCall = CallOf<unknown, never>;

/** What may be asked; anything where the calls are not known (`never`). */
export type RequestOf<C extends AnyCall> = [C] extends [never] ? unknown : C['request'];

/** What is answered to `Q`. Where the calls are not known it is `R`, what the caller says it is. */
export type ReplyTo<C extends AnyCall, Q, R = unknown> = [C] extends [never] ? R : Answer<C, Q>;

type Answer<C, Q> = C extends CallOf<infer Request, infer Reply> ? (Q extends Request ? Reply : never) : never;

/** The arguments of `handleCall`, one list a kind of call: a switch on a request that is a literal tells `from` too. */
export type CallArguments<C extends AnyCall, S, Self> = [C] extends [never]
  ? [request: unknown, state: S, self: Self, from: From]
  : OneOf<C, S, Self>;

type OneOf<C, S, Self> =
  C extends CallOf<infer Request, infer Reply> ? [request: Request, state: S, self: Self, from: From<Reply>] : never;

/** What `self.reply` takes for a `From`: where it may be one of several calls', a reply of any of them. */
export type ReplyFor<F extends From<never>> = F extends From<infer Reply> ? Reply : never;

/** What is asked, whatever it is: `unknown`, written so that the compiler infers literals (`'size'`, not `string`). */
export type Anything = string | NonNullable<unknown> | null | undefined;
