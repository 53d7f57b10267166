import { defineBehaviour, type Behaviour } from './behaviour.js';
import type { AnyCall } from './call-types.js';
import { ActorError } from './errors.js';
import { Machine } from './machine.js';
import { checkMachine, type AnyMachine, type MachineState, type StateMachine } from './machine-code.js';
import { goOn, Runner } from './machine-runner.js';
import { RunningTimeout } from './machine-timeouts.js';
import { isThenable } from './thenable.js';
import { checkState } from './transition.js';

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
  checkMachine(machine);
  return defineBehaviour(behaviourOf(machine as unknown as AnyMachine)) as unknown as Behaviour<
    A,
    MachineState<D, N>,
    M,
    C
  >;
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
