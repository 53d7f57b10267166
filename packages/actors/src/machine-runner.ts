import type { Actor } from './actor.js';
import type { AnySelf, Self } from './behaviour.js';
import type { Call } from './call.js';
import { InfoEnvelope } from './envelope.js';
import { ActorError } from './errors.js';
import type { MachineEvent } from './event-queue.js';
import type { From, Info } from './info.js';
import { Machine } from './machine.js';
import type { AnyHandlers, AnyMachine, Start } from './machine-code.js';
import { MachineTimeouts, RunningTimeout, type MachineTimeout } from './machine-timeouts.js';
import { status } from './status.js';
import { isThenable } from './thenable.js';
import { checkState, order, Orders, readTransition } from './transition.js';

/** The tag of the time-out by which a machine with many events of its own lets others have their slots. */
export const goOn = Symbol('events wait');

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
export class Runner {
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
