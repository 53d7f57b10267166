import {
  defineStateMachine,
  type Action,
  type From,
  type Self,
  type StateMachine,
  type Transition,
} from '../src/index.js';
import type { TestSystem } from '../src/test-kit.js';
import { show, showInfo } from './recorder.js';

export type Name = 'a' | 'b' | 'c';
export interface Data {
  readonly log: string[];
  n: number;
  kept?: From;
}
export type Answer = Transition<Data, Message, Name, string>;
export interface Message {
  /** What the log calls it. */
  readonly id: string;
  /** What the handler returns in each state; without: nothing. */
  readonly on?: { readonly [K in Name]?: Answer | ((data: Data, self: Self<Message>) => unknown) };
}
export type Machine = StateMachine<Partial<Start>, Data, Message, Name, string>;
export interface Start {
  log: string[];
  actions: Exclude<Action<Message, string>, { type: 'postpone' }>[];
  enter: { [K in Name]?: (data: Data, self: Self<Message>) => unknown };
}

/** A machine with the states a, b and c that writes each event into its log as `state:event` and does what the message says. */
export function machineOf(log: string[], start: Partial<Start>, more: Partial<Machine> = {}) {
  const state = (name: Name): Machine['states'][Name] => ({
    enter(previous, data, self) {
      data.log.push(`${name}:enter from ${previous}`);
      return start.enter?.[name]?.(data, self) as undefined;
    },
    handleMessage(message, data, self) {
      data.log.push(`${name}:${message.id}`);
      const answer = message.on?.[name];
      return (typeof answer === 'function' ? answer(data, self) : answer) as undefined;
    },
    handleCall(request, data, self, from) {
      data.log.push(`${name}:call ${String(request)}`);
      if (request === 'later') data.kept = from;
      else if (request === 'wait' && name === 'a') return { actions: [{ type: 'postpone' }] };
      else if (request === 'twice') return { actions: [{ type: 'next_event', request: 'again', from }] };
      else self.reply(from, `${name} ${String(request)}`);
      return undefined;
    },
    handleInfo(info, data) {
      data.log.push(`${name}:${showInfo(info)}`);
    },
    handleTimeout(timeout, data) {
      data.log.push(
        `${name}:${timeout.type === 'timeout' ? `timeout ${timeout.name}` : timeout.type} ${String(timeout.content)}`,
      );
    },
    handleInternal(content, data) {
      data.log.push(`${name}:internal ${content}`);
    },
  });
  return defineStateMachine<Partial<Start>, Data, Message, Name, string>({
    name: 'machine',
    version: '1',
    init: () => ({ state: 'a', data: { log, n: 0 }, actions: start.actions ?? [] }),
    states: { a: state('a'), b: state('b'), c: state('c') },
    terminate(reason, name, data) {
      data.log.push(`${name}:terminate ${show(reason)} ${data.n}`);
    },
    ...more,
  });
}

export function begin(kit: TestSystem, start: Partial<Start> = {}, more: Partial<Machine> = {}) {
  const log: string[] = [];
  const pid = kit.system.spawn(machineOf(log, start, more), start);
  return {
    pid,
    log,
    send(...messages: Message[]): void {
      for (const message of messages) kit.system.send(pid, message);
      kit.run();
    },
  };
}

export const to = (nextState: Name, ...actions: Action<Message, string>[]): Answer => ({ nextState, actions });
export const stay = (...actions: Action<Message, string>[]): Answer => ({ actions });
export const postpone = { type: 'postpone' } as const;
export const plain = (id: string): Message => ({ id });
export const insert = (message: Message): Action<Message, string> => ({ type: 'next_event', message });
export const stateTimeout = (afterMs: number, content: unknown): Action<Message, string> => ({
  type: 'state_timeout',
  afterMs,
  content,
});
export const eventTimeout = (afterMs: number, content: unknown): Action<Message, string> => ({
  type: 'event_timeout',
  afterMs,
  content,
});
export const named = (name: string, afterMs: number, content: unknown): Action<Message, string> => ({
  type: 'timeout',
  name,
  afterMs,
  content,
});
