import type { AnyCall, Anything, CallArguments, ReplyFor, ReplyTo, RequestOf } from './call-types.js';
import { ActorError } from './errors.js';
import type { ExitReason } from './exit-reason.js';
import type { From, Info, MonitorRef, RequestRef, TimerRef } from './info.js';
import type { Pid } from './pid.js';
import type { ActorSystem, SpawnOptions } from './system-types.js';

/** What a callback sees of its own actor. Valid as long as the actor lives; not to be handed to others (hand them `pid`). */
export interface Self<M = never, C extends AnyCall = never> {
  readonly pid: Pid<M, C>;
  readonly id: number;
  readonly system: ActorSystem;
  /** The clock reading of this turn, in ms. See {@link ActorSystem.now}. */
  readonly now: number;
  /** Messages that wait in this actor's mailbox; the one in hand is not counted. */
  readonly depth: number;
  /** The name it was spawned with. */
  readonly registeredName: string | undefined;
  /** Who spawned it linked (its supervisor). The parent's exit ends it even if it traps exits; `terminate` is then called. */
  readonly parent: Pid | null;

  /** As {@link ActorSystem.send}. */
  send<N>(to: Pid<N> | string, message: N): boolean;
  /** OTP's `cast`: the same as {@link send}. */
  cast<N>(to: Pid<N> | string, message: N): boolean;
  /** Sends `message` after `delayMs` to this actor, or to `to`. Ends with this actor: a timer does not outlive who set it. */
  sendAfter(delayMs: number, message: M): TimerRef;
  sendAfter<N>(delayMs: number, message: N, to: Pid<N>): TimerRef;
  /** Like `sendAfter`, but what comes is a `Timeout` with `tag`, in `handleInfo`. */
  startTimer(delayMs: number, tag: unknown): TimerRef;
  /** Returns the ms that were left, or `false` if it had run out or been cancelled. After it, nothing comes that was not in the mailbox yet. */
  cancelTimer(timer: TimerRef): number | false;

  spawn<A, S, N, D extends AnyCall = never>(
    behaviour: Behaviour<A, S, N, D>,
    arg: A,
    options?: SpawnOptions,
  ): Pid<N, D>;
  /** Spawns and links in one step; this actor is the new one's parent. */
  spawnLink<A, S, N, D extends AnyCall = never>(
    behaviour: Behaviour<A, S, N, D>,
    arg: A,
    options?: SpawnOptions,
  ): Pid<N, D>;
  /** Spawns and monitors in one step. */
  spawnMonitor<A, S, N, D extends AnyCall = never>(
    behaviour: Behaviour<A, S, N, D>,
    arg: A,
    options?: SpawnOptions,
  ): [pid: Pid<N, D>, ref: MonitorRef];

  /** Ties two lives, both ways; twice is once. With an actor that has ended, an exit signal `'noproc'` comes at once. */
  link(pid: Pid): void;
  /** Takes the tie away. After it no exit signal of that link arrives. */
  unlink(pid: Pid): void;
  /** Asks for one `Down` when the actor ends. Each call is a monitor of its own. */
  monitor(target: Pid | string): MonitorRef;
  /** Ends a monitor; its `Down` does not come any more, even if it was waiting (OTP's `flush`). */
  demonitor(ref: MonitorRef): void;
  /** Whether exit signals come as `Exit` to `handleInfo` instead of ending this actor. Returns what it was. */
  trapExit(on: boolean): boolean;

  /** Leaves the callback at once by a throw and ends this actor with `reason`; `terminate` is called. */
  exit(reason: ExitReason): never;
  /** Sends an exit signal to another. */
  exit(target: Pid, reason: ExitReason): void;
  /** Ends this actor with `reason` once the callback has returned (gen_server's `stop`); the state it returns is the one `terminate` sees. */
  stop(reason?: ExitReason): void;

  /**
   * Once the callback has returned and if nothing waits: gives up all memory that the actor does not need to be found (OTP's `hibernate`). `hibernate(state)` of the behaviour may
   * pack the state; the next message, call, info, request for the state or change of code wakes it through `wake(packed)`.
   */
  hibernate(): void;

  /**
   * Asks and waits: settles with the reply. For async callbacks. A pid that knows its calls (`CallOf`) takes no other request and tells the type of the reply; else `R` is what the caller expects.
   * Rejects with an `ActorError` whose code is one of {@link CallErrorCode}: `timeout`, `noproc` (no such actor), `exit` (the callee ended first; `reason` says why), `overloaded` (its mailbox is full),
   * `no_handler` (it has no `handleCall`). A late reply is dropped.
   * @param timeoutMs default 5,000; `Infinity` waits for ever
   */
  call<R = unknown, C extends AnyCall = never, Q extends Anything = Anything>(
    to: Pid<never, C> | string,
    request: Q & RequestOf<C>,
    timeoutMs?: number,
  ): Promise<ReplyTo<C, Q, R>>;
  /** Asks and goes on: the answer comes as a `Reply` to `handleInfo`, with the same reasons to fail; `isReplyTo(info, ref)` tells it from others. */
  sendRequest<R = unknown, C extends AnyCall = never, Q extends Anything = Anything>(
    to: Pid<never, C> | string,
    request: Q & RequestOf<C>,
    timeoutMs?: number,
  ): RequestRef<ReplyTo<C, Q, R>>;
  /** Answers a call. Any actor may, at any time; `false` when the caller does not wait any more. */
  reply<F extends From<never>>(from: F, reply: ReplyFor<F>): boolean;
}

/**
 * The code of an actor. Callbacks, who calls them when, and their legal returns:
 *
 * | callback | when | returns |
 * |---|---|---|
 * | `init(arg, self)` | first, before any message; within `spawn` | the state, or a promise of it |
 * | `handleMessage(message, state, self)` | for each `send`, `cast`, `sendAfter` | the next state; nothing keeps the state; or a promise of either |
 * | `handleCall(request, state, self, from)` | for each `call` and `sendRequest`; answers with `self.reply(from, ...)`, then or later | as above |
 * | `handleInfo(info, state, self)` | for `Down`, `Exit`, `Timeout`, `Reply`, `GroupChange`; without it they are dropped | as above |
 * | `codeChange(state, from)` | between two messages, when this behaviour takes over from version `from` | the state in this version's shape; a throw leaves the actor with the old version |
 * | `hibernate(state, self)`, `wake(packed, self)` | the actor falls asleep after `self.hibernate()`; something wakes it | what to keep of the state, best a number or a short string; the state again. Never a promise. Both or neither |
 * | `terminate(reason, state, self)` | last, when a callback stopped or threw, or the parent ended a trapping actor; never after `'kill'` or an untrapped signal | nothing, or a promise |
 *
 * What a callback throws, or its promise rejects with, ends the actor with reason `{ error }`. While a promise is pending the actor handles nothing else.
 * A state must not itself be thenable, and `undefined` cannot replace another state.
 * Callbacks are called as methods of the behaviour object.
 * @typeParam A argument of `init` @typeParam S state @typeParam M messages @typeParam C calls that it answers, a union of `CallOf<Request, Reply>`; left out, requests are `unknown`
 */
export interface Behaviour<A, S, M, C extends AnyCall = never> {
  readonly name: string;
  readonly version: string;
  init(arg: A, self: Self<M, C>): S | Promise<S>;
  handleMessage(message: M, state: S, self: Self<M, C>): S | void | Promise<S | void>;
  handleCall?(...call: CallArguments<C, S, Self<M, C>>): S | void | Promise<S | void>;
  handleInfo?(info: Info, state: S, self: Self<M, C>): S | void | Promise<S | void>;
  codeChange?(state: unknown, from: string, self: Self<M, C>): S;
  hibernate?(state: S, self: Self<M, C>): unknown;
  wake?(packed: unknown, self: Self<M, C>): S;
  terminate?(reason: ExitReason, state: S, self: Self<M, C>): void | Promise<void>;
}

/** What every `self` can be taken for within the runtime. */
export type AnySelf = Self<unknown, AnyCall>;
/** What every behaviour is assignable to. */
export type AnyBehaviour = Behaviour<unknown, unknown, unknown, AnyCall>;

const required = ['init', 'handleMessage'] as const;
const optional = ['handleCall', 'handleInfo', 'codeChange', 'hibernate', 'wake', 'terminate'] as const;

/**
 * Checks and returns a behaviour; lets TypeScript infer its types.
 * @throws ActorError `bad_behaviour`, naming the member that is wrong
 * @example
 * const counter = defineBehaviour<number, { n: number }, 'inc'>({
 *   name: 'counter', version: '1', init: (n) => ({ n }), handleMessage: (_inc, state) => { state.n += 1; },
 * });
 */
export function defineBehaviour<A, S, M, C extends AnyCall = never>(
  behaviour: Behaviour<A, S, M, C>,
): Behaviour<A, S, M, C> {
  for (const key of ['name', 'version'] as const)
    if (typeof behaviour[key] !== 'string' || behaviour[key] === '')
      throw new ActorError('bad_behaviour', `a behaviour needs a ${key}, a non-empty string`);
  for (const key of required)
    if (typeof behaviour[key] !== 'function')
      throw new ActorError('bad_behaviour', `behaviour ${behaviour.name}: ${key} must be a function`);
  for (const key of optional)
    if (behaviour[key] !== undefined && typeof behaviour[key] !== 'function')
      throw new ActorError('bad_behaviour', `behaviour ${behaviour.name}: ${key} must be a function where it is given`);
  if ((behaviour.hibernate === undefined) !== (behaviour.wake === undefined))
    throw new ActorError('bad_behaviour', `behaviour ${behaviour.name}: hibernate and wake come together`);
  return behaviour;
}
