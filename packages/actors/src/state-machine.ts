import type { Actor } from './actor.js';
import { defineBehaviour, type AnySelf, type Behaviour, type Self } from './behaviour.js';
import type { Call } from './call.js';
import type { AnyCall, CallArguments } from './call-types.js';
import { InfoEnvelope } from './envelope.js';
import { ActorError } from './errors.js';
import { EventQueue, type MachineEvent } from './event-queue.js';
import type { ExitReason } from './exit-reason.js';
import type { From, Info } from './info.js';
import { MachineTimeouts, RunningTimeout, type MachineTimeout } from './machine-timeouts.js';
import { status } from './status.js';
import { isThenable } from './thenable.js';
import {
  checkState,
  order,
  Orders,
  readTransition,
  type Action,
  type EnterAction,
  type Transition,
} from './transition.js';

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

type AnyMachine = StateMachine<unknown, unknown, unknown, string, unknown, AnyCall>;
type AnyHandlers = EventHandlers<unknown, unknown, string, unknown, AnyCall>;

/** The machine of one actor. Its code is not in it: a change of code takes it over as it is. */
class Machine implements MachineState<unknown, string> {
  state: string;
  data: unknown;
  /** Made when first needed: most events are handled as they come. */
  queue: EventQueue | null = null;
  timeouts: MachineTimeouts | null = null;
  /** It has asked to be called again for the events that wait. */
  goesOn = false;

  constructor(state: string, data: unknown) {
    this.state = state;
    this.data = data;
  }

  get postponed(): number {
    return this.queue?.postponedCount ?? 0;
  }

  /** No event waits to be handled now. */
  get idle(): boolean {
    return (this.queue === null || this.queue.empty) && !this.timeouts?.anyDue;
  }

  needQueue(): EventQueue {
    this.queue ??= new EventQueue();
    return this.queue;
  }

  /** Gives up what an idle machine does not need. `false`: something waits or runs. */
  rest(): boolean {
    if (!this.idle || this.postponed > 0 || this.timeouts?.anyRunning) return false;
    this.queue = null;
    this.timeouts = null;
    return true;
  }
}

/** The tag of the time-out by which a machine with many events of its own lets others have their slots. */
const goOn = Symbol('events wait');

/**
 * Makes the behaviour of a state machine. Its actors are spawned, called, supervised and changed like all others.
 * @throws ActorError `bad_behaviour`, naming the member that is wrong
 * @example
 * const door = defineStateMachine<string, { code: string }, { press: string }, 'locked' | 'open'>({
 *   name: 'door', version: '1',
 *   init: (code) => ({ state: 'locked', data: { code } }),
 *   states: {
 *     locked: { handleMessage: ({ press }, { code }) => (press === code ? { nextState: 'open' } : undefined) },
 *     open: {
 *       enter: () => ({ actions: [{ type: 'state_timeout', afterMs: 10_000 }] }),
 *       handleMessage: () => ({ actions: [{ type: 'postpone' }] }),
 *       handleTimeout: () => ({ nextState: 'locked' }),
 *     },
 *   },
 * });
 */
export function defineStateMachine<A, D, M, N extends string, I = never, C extends AnyCall = never>(
  machine: StateMachine<A, D, M, N, I, C>,
): Behaviour<A, MachineState<D, N>, M, C> {
  check(machine);
  return defineBehaviour(behaviourOf(machine as unknown as AnyMachine)) as unknown as Behaviour<
    A,
    MachineState<D, N>,
    M,
    C
  >;
}

const handlerNames = ['handleMessage', 'handleCall', 'handleInfo', 'handleTimeout', 'handleInternal'];

function check(machine: AnyMachine): void {
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

function behaviourOf(code: AnyMachine): Behaviour<unknown, Machine, unknown, AnyCall> {
  const runner = new Runner(code);
  return {
    name: code.name,
    version: code.version,
    init(arg, self) {
      const start = code.init(arg, self);
      return isThenable(start) ? start.then((ready) => runner.start(ready, self)) : runner.start(start, self);
    },
    handleMessage: (message, machine, self) => runner.arrive(machine, self, 'message', message, undefined),
    handleCall: (request, machine, self, from) => runner.arrive(machine, self, 'call', request, from),
    handleInfo(info, machine, self) {
      if (info.type !== 'TIMEOUT') return runner.arrive(machine, self, 'info', info, undefined);
      if (info.tag === goOn) return runner.goOn(machine, self);
      return info.tag instanceof RunningTimeout
        ? runner.arrive(machine, self, 'timeout', info.tag, undefined)
        : runner.arrive(machine, self, 'info', info, undefined);
    },
    codeChange: (old, from) => takeOver(code, old, from),
    hibernate: (machine) => (machine.rest() && code.hibernate ? code.hibernate(machine.state, machine.data) : machine),
    wake: (packed) => (packed instanceof Machine ? packed : unpack(code, packed)),
    terminate: (reason, machine, self) => code.terminate?.(reason, machine.state, machine.data, self),
  };
}

function unpack(code: AnyMachine, packed: unknown): Machine {
  const woken = code.wake?.(packed);
  checkState(woken?.state, code.states, `state machine ${code.name}: wake`);
  return new Machine(woken?.state as string, woken?.data);
}

/** The machine goes on with another version's code: events, time-outs and postponed events stay. Changed only when nothing has thrown. */
function takeOver(code: AnyMachine, old: unknown, from: string): Machine {
  if (!(old instanceof Machine))
    throw new ActorError('bad_behaviour', `${code.name} is a state machine, what it is to take over from is not`);
  const { state, data } = code.codeChange ? code.codeChange({ state: old.state, data: old.data }, from) : old;
  checkState(state, code.states, code.name);
  old.state = state;
  old.data = data;
  return old;
}

/** Whether the actor has ended or is in its `terminate`. */
function isEnding(self: Self<never>): boolean {
  return ((self.pid as unknown as Actor).status & (status.TERMINATING | status.DEAD)) !== 0;
}

/** Whether the actor is about to end, so that no further event is handled. */
function isOver(self: Self<never>): boolean {
  return ((self.pid as unknown as Actor).status & (status.STOPPING | status.TERMINATING | status.DEAD)) !== 0;
}

/** Each handler has the time limit for itself, not all events of one message together. */
function restartTimeLimit(self: Self<never>): void {
  const { system, extras } = self.pid as unknown as Actor;
  const pending = extras?.pending;
  if (!pending?.timer) return;
  system.timers.drop(pending.timer);
  pending.timer = system.timers.limit(pending);
}

/** What is left of a transition after the handler's part of it. */
class Change {
  readonly event: MachineEvent | null;
  readonly previous: string;
  readonly entering: boolean;
  readonly orders = new Orders();

  constructor(event: MachineEvent | null, previous: string, entering: boolean) {
    this.event = event;
    this.previous = previous;
    this.entering = entering;
  }
}

/**
 * Runs the events of machines with one code. Each event: the handler, the enter call if the state changes, then the actions; until no event is left. All of it is synchronous
 * until a handler returns a promise; from there on `#runAsync` goes on with it.
 */
class Runner {
  readonly #code: AnyMachine;

  constructor(code: AnyMachine) {
    this.#code = code;
  }

  /** The rest of `init`: the first enter call and the actions. */
  start(start: Start<unknown, unknown, string, unknown>, self: Self<never>): Machine | Promise<Machine> {
    const where = `state machine ${this.#code.name}: init`;
    if (typeof start !== 'object' || start === null)
      throw new ActorError('bad_transition', `${where} must return { state, data }`);
    checkState(start.state, this.#code.states, where);
    const machine = new Machine(start.state, start.data);
    const change = new Change(null, start.state, true);
    if (start.actions) order(change.orders, start.actions, false, where);
    if (change.orders.postpone) throw new ActorError('bad_transition', `${where}: there is no event to postpone`);
    const entered = this.#enter(machine, self, change);
    const finish = (result: unknown): Machine => {
      this.#finish(machine, self, change, result);
      this.#goOnLater(machine, self);
      return machine;
    };
    return isThenable(entered) ? Promise.resolve(entered).then(finish) : finish(entered);
  }

  /** Something came from the mailbox. */
  arrive(
    machine: Machine,
    self: Self<never>,
    kind: MachineEvent['kind'],
    content: unknown,
    from: From<never> | undefined,
  ): Promise<void> | void {
    const event: MachineEvent = { kind, content, from };
    const { idle } = machine;
    if (!idle || content instanceof RunningTimeout) machine.needQueue().arrive(event);
    return this.#run(machine, self, idle && !(content instanceof RunningTimeout) ? event : this.#next(machine));
  }

  /** The machine had asked for it. */
  goOn(machine: Machine, self: Self<never>): Promise<void> | void {
    machine.goesOn = false;
    return this.#run(machine, self, this.#next(machine));
  }

  /** The next event: first what was inserted or is tried again, then time-outs of 0 ms, then what arrived. */
  #next(machine: Machine): MachineEvent | undefined {
    const { queue, timeouts } = machine;
    const ahead = queue?.takeAhead() ?? timeouts?.takeDue();
    if (ahead) return ahead;
    for (let event = queue?.takeArrived(); event; event = queue?.takeArrived()) {
      if (!(event.content instanceof RunningTimeout)) return event;
      const timeout = timeouts?.expire(event.content);
      if (timeout) return timeout;
    }
    return undefined;
  }

  #run(machine: Machine, self: Self<never>, first: MachineEvent | undefined): Promise<void> | void {
    let left = (self.pid as unknown as Actor).system.options.reductionsPerSlot;
    for (let event = first; event; event = this.#next(machine)) {
      const result = this.#handle(machine, self, event);
      if (isThenable(result)) return this.#runAsync(machine, self, event, result, null, left);
      const change = this.#change(machine, self, event, result);
      if (change) {
        const entered = this.#enter(machine, self, change);
        if (isThenable(entered)) return this.#runAsync(machine, self, event, entered, change, left);
        this.#finish(machine, self, change, entered);
      }
      if (isOver(self)) return;
      left -= 1;
      if (left === 0) return this.#goOnLater(machine, self);
    }
  }

  /** `#run` from a promise on: that of the handler of `event`, or of the enter call of `change`. */
  async #runAsync(
    machine: Machine,
    self: Self<never>,
    first: MachineEvent,
    promise: unknown,
    entering: Change | null,
    most: number,
  ): Promise<void> {
    let change = entering;
    let result = await promise;
    let event: MachineEvent | undefined = first;
    for (let left = most; ;) {
      if (isEnding(self)) return; // the promise settled too late
      if (!change) {
        change = this.#change(machine, self, event, result);
        if (change?.entering) {
          restartTimeLimit(self);
          result = await this.#enter(machine, self, change);
          if (isEnding(self)) return;
        } else result = undefined;
      }
      if (change) this.#finish(machine, self, change, result);
      change = null;
      left -= 1;
      if (isOver(self)) return;
      if (left <= 0) return this.#goOnLater(machine, self);
      event = this.#next(machine);
      if (!event) return;
      restartTimeLimit(self);
      result = await this.#handle(machine, self, event);
    }
  }

  /** Lets others have their slots before the events that wait are handled. */
  #goOnLater(machine: Machine, self: Self<never>): void {
    if (machine.goesOn || machine.idle) return;
    machine.goesOn = true;
    const actor = self.pid as unknown as Actor;
    actor.system.inform(actor, new InfoEnvelope({ type: 'TIMEOUT', timer: undefined as never, tag: goOn }));
  }

  /** Calls the state's handler. */
  #handle(machine: Machine, self: Self<never>, event: MachineEvent): unknown {
    machine.timeouts?.cancel('event_timeout', self);
    const { kind, content, from } = event;
    const { data } = machine;
    const state = this.#code.states[machine.state] as AnyHandlers;
    const all = this.#code.anyState;
    switch (kind) {
      case 'message':
        if (state.handleMessage) return state.handleMessage(content, data, self as AnySelf);
        if (all?.handleMessage) return all.handleMessage(content, data, self as AnySelf);
        break;
      case 'call':
        if (state.handleCall) return state.handleCall(content, data, self as AnySelf, from as From);
        if (all?.handleCall) return all.handleCall(content, data, self as AnySelf, from as From);
        (from as unknown as Call).fail('no_handler', 'no_handler');
        return undefined;
      case 'info':
        if (state.handleInfo) return state.handleInfo(content as Info, data, self as AnySelf);
        return all?.handleInfo?.(content as Info, data, self as AnySelf);
      case 'timeout':
        if (state.handleTimeout) return state.handleTimeout(content as MachineTimeout, data, self as AnySelf);
        if (all?.handleTimeout) return all.handleTimeout(content as MachineTimeout, data, self as AnySelf);
        break;
      case 'internal':
        if (state.handleInternal) return state.handleInternal(content, data, self as AnySelf);
        if (all?.handleInternal) return all.handleInternal(content, data, self as AnySelf);
        break;
    }
    throw new ActorError('no_handler', `${this.#where(machine)} has no handler for a ${kind}`);
  }

  #where(machine: Machine): string {
    return `state machine ${this.#code.name}, state ${machine.state}`;
  }

  /** Takes what a handler returned. `null`: nothing is left to do. */
  #change(machine: Machine, self: Self<never>, event: MachineEvent, returned: unknown): Change | null {
    const where = this.#where(machine);
    const transition = readTransition<unknown, unknown, string, unknown>(returned, this.#code.states, false, where);
    if (!transition) return null;
    const { nextState = machine.state, repeatState = false, actions } = transition;
    const previous = machine.state;
    const change = new Change(event, previous, (nextState !== previous || repeatState) && !isOver(self));
    if (actions) order(change.orders, actions, false, where);
    machine.state = nextState;
    if ('data' in transition) machine.data = transition.data;
    return change;
  }

  #enter(machine: Machine, self: Self<never>, change: Change): unknown {
    if (!change.entering) return undefined;
    return this.#code.states[machine.state]?.enter?.(change.previous, machine.data, self as AnySelf);
  }

  /** The last part of a transition: what `enter` returned, then the actions, in the order of gen_statem. */
  #finish(machine: Machine, self: Self<never>, change: Change, entered: unknown): void {
    const { orders, event, previous } = change;
    const where = `${this.#where(machine)}, enter`;
    const more = readTransition<unknown, unknown, string, unknown>(entered, this.#code.states, true, where);
    if (more?.actions) order(orders, more.actions, true, where);
    if (more && 'data' in more) machine.data = more.data;
    for (const { from, reply } of orders.replies) self.reply(from, reply as never);
    if (orders.postpone) machine.needQueue().postpone(event as MachineEvent);
    if (machine.state !== previous) {
      machine.timeouts?.cancel('state_timeout', self);
      machine.queue?.retry();
    }
    if (orders.inserted.length > 0) machine.needQueue().insert(orders.inserted);
    for (const timeout of orders.timeouts) (machine.timeouts ??= new MachineTimeouts()).apply(timeout, self);
  }
}
