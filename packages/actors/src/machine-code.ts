import type { Self } from './behaviour.js';
import type { AnyCall, CallArguments } from './call-types.js';
import { ActorError } from './errors.js';
import type { ExitReason } from './exit-reason.js';
import type { Info } from './info.js';
import type { MachineTimeout } from './machine-timeouts.js';
import type { Action, EnterAction, Transition } from './transition.js';

/** What a handler may return: a transition, nothing (all stays), or a promise of either. */
export type Next<D, M, N extends string, I> = Transition<D, M, N, I> | void | Promise<Transition<D, M, N, I> | void>;
/** What `enter` may return. */
export type Entered<D> = { readonly data?: D; readonly actions?: readonly EnterAction[] } | void;

/** The handlers of events. A state takes those it lacks from `anyState`. */
export interface EventHandlers<D, M, N extends string, I, C extends AnyCall = never> {
  /** A message (`send`, `cast`, `sendAfter`, `next_event` with `message`). Without it the machine ends with the error `no_handler`. */
  handleMessage?(message: M, data: D, self: Self<M, C>): Next<D, M, N, I>;
  /** A call; answered with `self.reply(from, value)` or the action `reply`, now or later. Without it the caller gets `no_handler`. */
  handleCall?(...call: CallArguments<C, D, Self<M, C>>): Next<D, M, N, I>;
  /** `DOWN`, `EXIT`, `REPLY`, and the `TIMEOUT` of the machine's own `self.startTimer`. Without it they are dropped. */
  handleInfo?(info: Info, data: D, self: Self<M, C>): Next<D, M, N, I>;
  /** One of the machine's time-outs. Without it the machine ends with the error `no_handler`. */
  handleTimeout?(timeout: MachineTimeout, data: D, self: Self<M, C>): Next<D, M, N, I>;
  /** An event that the machine inserted itself: `next_event` with `internal`. Without it the machine ends with the error `no_handler`. */
  handleInternal?(content: I, data: D, self: Self<M, C>): Next<D, M, N, I>;
}

/** One state. */
export interface StateHandlers<D, M, N extends string, I, C extends AnyCall = never> extends EventHandlers<
  D,
  M,
  N,
  I,
  C
> {
  /** Runs each time the state is entered, before any event in it; at the start of the machine too (`previous` is then the state itself). */
  enter?(previous: N, data: D, self: Self<M, C>): Entered<D> | Promise<Entered<D>>;
}

/**
 * The code of a state machine (OTP: gen_statem with state functions and state enter calls).
 * @typeParam A argument of `init` @typeParam D data @typeParam M messages @typeParam N names of states @typeParam I internal events @typeParam C calls, as of a behaviour
 */
export interface StateMachine<A, D, M, N extends string, I = never, C extends AnyCall = never> {
  readonly name: string;
  readonly version: string;
  /** The first state, its data and actions. Runs within `spawn`, as does the first enter call; what is inserted is handled after it. */
  init(arg: A, self: Self<M, C>): Start<D, M, N, I> | Promise<Start<D, M, N, I>>;
  readonly states: { readonly [K in N]: StateHandlers<D, M, N, I, C> };
  readonly anyState?: EventHandlers<D, M, N, I, C>;
  /** Another version takes over, between two events: its state and data. Without it both are taken as they are. No enter call. */
  codeChange?(old: { readonly state: string; readonly data: unknown }, from: string): { state: N; data: D };
  /**
   * What to keep of a machine that hibernates (`self.hibernate()`), best a number or a short string, and the machine again: both or neither. Asked only if no event is postponed and no
   * time-out runs; else it sleeps unpacked.
   */
  hibernate?(state: N, data: D): unknown;
  wake?(packed: unknown): { state: N; data: D };
  terminate?(reason: ExitReason, state: N, data: D, self: Self<M, C>): void | Promise<void>;
}

/** What `init` returns. */
export interface Start<D, M, N extends string, I> {
  readonly state: N;
  readonly data: D;
  readonly actions?: readonly Exclude<Action<M, I>, { type: 'postpone' }>[];
}

/** The actor's state of a state machine. */
export interface MachineState<D, N extends string> {
  readonly state: N;
  readonly data: D;
  /** Events that wait for a change of state. */
  readonly postponed: number;
}

export type AnyMachine = StateMachine<unknown, unknown, unknown, string, unknown, AnyCall>;
export type AnyHandlers = EventHandlers<unknown, unknown, string, unknown, AnyCall>;

const handlerNames = ['handleMessage', 'handleCall', 'handleInfo', 'handleTimeout', 'handleInternal'];

/** @throws ActorError `bad_behaviour`, naming the member that is wrong */
export function checkMachine(machine: AnyMachine): void {
  const bad = (what: string): never => {
    throw new ActorError('bad_behaviour', `state machine ${machine.name}: ${what}`);
  };
  if (typeof machine.init !== 'function') bad('init must be a function');
  for (const key of ['codeChange', 'hibernate', 'wake', 'terminate'] as const)
    if (machine[key] !== undefined && typeof machine[key] !== 'function')
      bad(`${key} must be a function where it is given`);
  if ((machine.hibernate === undefined) !== (machine.wake === undefined)) bad('hibernate and wake come together');
  if (typeof machine.states !== 'object' || machine.states === null || Object.keys(machine.states).length === 0)
    bad('states must be an object with at least one state');
  const checkHandlers = (of: string, handlers: unknown, names: readonly string[]): void => {
    if (typeof handlers !== 'object' || handlers === null) return bad(`${of} must be an object of handlers`);
    for (const [key, value] of Object.entries(handlers)) {
      if (!names.includes(key)) bad(`${of} has an unknown handler ${key}`);
      if (value !== undefined && typeof value !== 'function') bad(`${of}.${key} must be a function`);
    }
  };
  for (const [name, handlers] of Object.entries(machine.states))
    checkHandlers(`states.${name}`, handlers, [...handlerNames, 'enter']);
  if (machine.anyState !== undefined) checkHandlers('anyState', machine.anyState, handlerNames);
}
