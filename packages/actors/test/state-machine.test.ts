import { describe, expect, test } from '@jest/globals';
import {
  defineBehaviour,
  defineStateMachine,
  type Action,
  type From,
  type Self,
  type StateMachine,
  type Transition,
} from '../src/index.js';
import { createTestSystem, type TestSystem } from '../src/test-kit.js';
import { show, showInfo } from './recorder.js';

type Name = 'a' | 'b' | 'c';
interface Data {
  readonly log: string[];
  n: number;
  kept?: From;
}
type Answer = Transition<Data, Message, Name, string>;
interface Message {
  /** What the log calls it. */
  readonly id: string;
  /** What the handler returns in each state; without: nothing. */
  readonly on?: { readonly [K in Name]?: Answer | ((data: Data, self: Self<Message>) => unknown) };
}
type Machine = StateMachine<Partial<Start>, Data, Message, Name, string>;
interface Start {
  log: string[];
  actions: Exclude<Action<Message, string>, { type: 'postpone' }>[];
  enter: { [K in Name]?: (data: Data, self: Self<Message>) => unknown };
}

/** A machine with the states a, b and c that writes each event into its log as `state:event` and does what the message says. */
function machineOf(log: string[], start: Partial<Start>, more: Partial<Machine> = {}) {
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

function begin(kit: TestSystem, start: Partial<Start> = {}, more: Partial<Machine> = {}) {
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

const to = (nextState: Name, ...actions: Action<Message, string>[]): Answer => ({ nextState, actions });
const stay = (...actions: Action<Message, string>[]): Answer => ({ actions });
const postpone = { type: 'postpone' } as const;
const plain = (id: string): Message => ({ id });
const insert = (message: Message): Action<Message, string> => ({ type: 'next_event', message });
const stateTimeout = (afterMs: number, content: unknown): Action<Message, string> => ({
  type: 'state_timeout',
  afterMs,
  content,
});
const eventTimeout = (afterMs: number, content: unknown): Action<Message, string> => ({
  type: 'event_timeout',
  afterMs,
  content,
});
const named = (name: string, afterMs: number, content: unknown): Action<Message, string> => ({
  type: 'timeout',
  name,
  afterMs,
  content,
});

describe('the rules of gen_statem', () => {
  interface Row {
    rule: string;
    start?: Partial<Start>;
    /** Messages that are all in the mailbox before the first is handled; a number lets that many ms pass. */
    steps: (Message | number)[];
    log: string[];
  }
  const goTo = (name: Name): Message => ({ id: `to ${name}`, on: { a: to(name), b: to(name), c: to(name) } });
  const postponedInA = (id: string): Message => ({ id, on: { a: stay(postpone) } });
  const rows: Row[] = [
    {
      rule: 'the enter call of the first state comes at the start, from that state',
      steps: [],
      log: ['a:enter from a'],
    },
    {
      rule: 'a change of state calls enter with the state it comes from, before any event',
      steps: [goTo('b'), plain('x')],
      log: ['a:enter from a', 'a:to b', 'b:enter from a', 'b:x'],
    },
    {
      rule: 'a transition to the same state is no change: no enter call',
      steps: [goTo('a')],
      log: ['a:enter from a', 'a:to a'],
    },
    {
      rule: 'repeatState repeats the enter call and nothing else: what was postponed stays, the state time-out runs on',
      steps: [
        postponedInA('p'),
        { id: 't', on: { a: stay(stateTimeout(10, 's')) } },
        { id: 'r', on: { a: { repeatState: true } } },
        10,
      ],
      log: ['a:enter from a', 'a:p', 'a:t', 'a:r', 'a:enter from a', 'a:state_timeout s'],
    },
    {
      rule: 'a postponed event waits for a change of state, then goes before what is in the mailbox',
      steps: [postponedInA('p'), plain('x'), goTo('b'), plain('y')],
      log: ['a:enter from a', 'a:p', 'a:x', 'a:to b', 'b:enter from a', 'b:p', 'b:y'],
    },
    {
      rule: 'postponed events are tried again in the order in which they came',
      steps: [postponedInA('p1'), postponedInA('p2'), postponedInA('p3'), goTo('b')],
      log: ['a:enter from a', 'a:p1', 'a:p2', 'a:p3', 'a:to b', 'b:enter from a', 'b:p1', 'b:p2', 'b:p3'],
    },
    {
      rule: 'an event may be postponed again and again, and keeps its place',
      steps: [
        { id: 'p1', on: { a: stay(postpone), b: stay(postpone) } },
        { id: 'p2', on: { a: stay(postpone), b: to('c') } },
        goTo('b'),
      ],
      log: ['a:enter from a', 'a:p1', 'a:p2', 'a:to b', 'b:enter from a', 'b:p1', 'b:p2', 'c:enter from b', 'c:p1'],
    },
    {
      rule: 'an event that changes the state may itself be postponed: it is tried again at once in the new state',
      steps: [{ id: 'p', on: { a: to('b', postpone) } }],
      log: ['a:enter from a', 'a:p', 'b:enter from a', 'b:p'],
    },
    {
      rule: 'inserted events go before everything that waits, in the order they are given',
      steps: [{ id: 'i', on: { a: stay(insert(plain('1')), insert(plain('2'))) } }, plain('x')],
      log: ['a:enter from a', 'a:i', 'a:1', 'a:2', 'a:x'],
    },
    {
      rule: 'inserted events go before postponed ones that are tried again',
      steps: [postponedInA('p'), { id: 'i', on: { a: to('b', insert(plain('1'))) } }],
      log: ['a:enter from a', 'a:p', 'a:i', 'b:enter from a', 'b:1', 'b:p'],
    },
    {
      rule: 'what an inserted event inserts goes before its later brothers',
      steps: [
        { id: 'i', on: { a: stay(insert({ id: '1', on: { a: stay(insert(plain('1.1'))) } }), insert(plain('2'))) } },
      ],
      log: ['a:enter from a', 'a:i', 'a:1', 'a:1.1', 'a:2'],
    },
    {
      rule: 'an internal event cannot come from outside: it has a handler of its own',
      steps: [{ id: 'i', on: { a: stay({ type: 'next_event', internal: 'mine' }) } }],
      log: ['a:enter from a', 'a:i', 'a:internal mine'],
    },
    {
      rule: 'events that init inserts come after the first enter call and before the mailbox',
      start: { actions: [{ type: 'next_event', internal: 'first' }] },
      steps: [plain('x')],
      log: ['a:enter from a', 'a:internal first', 'a:x'],
    },
    {
      rule: 'a state time-out comes when the state has lasted that long',
      steps: [{ id: 't', on: { a: stay(stateTimeout(10, 's')) } }, 9, plain('x'), 1],
      log: ['a:enter from a', 'a:t', 'a:x', 'a:state_timeout s'],
    },
    {
      rule: 'a change of state cancels the state time-out',
      steps: [{ id: 't', on: { a: stay(stateTimeout(10, 's')) } }, goTo('b'), 100],
      log: ['a:enter from a', 'a:t', 'a:to b', 'b:enter from a'],
    },
    {
      rule: 'a state time-out set by the transition that changes the state belongs to the new state',
      steps: [
        { id: 't', on: { a: stay(stateTimeout(10, 'old')) } },
        { id: 'go', on: { a: to('b', stateTimeout(20, 'new')) } },
        100,
      ],
      log: ['a:enter from a', 'a:t', 'a:go', 'b:enter from a', 'b:state_timeout new'],
    },
    {
      rule: 'actions of the enter call count after those of the handler',
      start: { enter: { b: () => ({ actions: [stateTimeout(20, 'enter')] }) } },
      steps: [{ id: 'go', on: { a: to('b', stateTimeout(10, 'handler')) } }, 100],
      log: ['a:enter from a', 'a:go', 'b:enter from a', 'b:state_timeout enter'],
    },
    {
      rule: 'setting a time-out again starts it again with the new content',
      steps: [
        { id: 't1', on: { a: stay(stateTimeout(10, 'one')) } },
        5,
        { id: 't2', on: { a: stay(stateTimeout(10, 'two')) } },
        9,
        plain('x'),
        1,
      ],
      log: ['a:enter from a', 'a:t1', 'a:t2', 'a:x', 'a:state_timeout two'],
    },
    {
      rule: 'Infinity cancels, and so does cancel',
      steps: [
        { id: 't1', on: { a: stay(stateTimeout(10, 's'), named('n', 10, 'n')) } },
        {
          id: 't2',
          on: { a: stay(stateTimeout(Infinity, 's'), { type: 'timeout', name: 'n', cancel: true }) },
        },
        100,
      ],
      log: ['a:enter from a', 'a:t1', 'a:t2'],
    },
    {
      rule: 'update changes the content and not the time; without one that runs it comes at once',
      steps: [
        { id: 't', on: { a: stay(stateTimeout(10, 'old')) } },
        5,
        {
          id: 'u',
          on: { a: stay({ type: 'state_timeout', update: 'new' }, { type: 'timeout', name: 'n', update: 'now' }) },
        },
        5,
      ],
      log: ['a:enter from a', 'a:t', 'a:u', 'a:timeout n now', 'a:state_timeout new'],
    },
    {
      rule: 'an event time-out comes when nothing has happened for that long',
      steps: [{ id: 't', on: { a: stay(eventTimeout(10, 'e')) } }, 10],
      log: ['a:enter from a', 'a:t', 'a:event_timeout e'],
    },
    {
      rule: 'any event cancels the event time-out, a named time-out too',
      steps: [{ id: 't', on: { a: stay(eventTimeout(10, 'e'), named('n', 5, 'n')) } }, 100],
      log: ['a:enter from a', 'a:t', 'a:timeout n n'],
    },
    {
      rule: 'an event time-out outlives the change of state that set it',
      steps: [{ id: 't', on: { a: to('b', eventTimeout(10, 'e')) } }, 10],
      log: ['a:enter from a', 'a:t', 'b:enter from a', 'b:event_timeout e'],
    },
    {
      rule: 'a postponed event that is tried again cancels the event time-out',
      steps: [postponedInA('p'), { id: 't', on: { a: to('b', eventTimeout(10, 'e')) } }, 100],
      log: ['a:enter from a', 'a:p', 'a:t', 'b:enter from a', 'b:p'],
    },
    {
      rule: 'named time-outs run side by side, whatever events and changes of state come',
      steps: [{ id: 't', on: { a: stay(named('one', 10, 1), named('two', 5, 2)) } }, goTo('b'), 5, plain('x'), 5],
      log: ['a:enter from a', 'a:t', 'a:to b', 'b:enter from a', 'b:timeout two 2', 'b:x', 'b:timeout one 1'],
    },
    {
      rule: 'a time-out of 0 ms comes after inserted and postponed events, before the mailbox',
      steps: [postponedInA('p'), { id: 't', on: { a: to('b', stateTimeout(0, 's'), insert(plain('1'))) } }, plain('x')],
      log: ['a:enter from a', 'a:p', 'a:t', 'b:enter from a', 'b:1', 'b:p', 'b:state_timeout s', 'b:x'],
    },
    {
      rule: 'a state time-out of 0 ms is cancelled by a change of state that comes before it',
      steps: [{ id: 't', on: { a: stay(stateTimeout(0, 's'), insert(goTo('b'))) } }],
      log: ['a:enter from a', 'a:t', 'a:to b', 'b:enter from a'],
    },
    {
      rule: 'an event time-out of 0 ms comes only if no event waits in the machine',
      steps: [
        { id: 't1', on: { a: stay(eventTimeout(0, 'lost'), insert(plain('1'))) } },
        { id: 't2', on: { a: stay(eventTimeout(0, 'comes')) } },
      ],
      log: ['a:enter from a', 'a:t1', 'a:1', 'a:t2', 'a:event_timeout comes'],
    },
    {
      rule: 'a time-out that has run out is not delivered once it was cancelled, even if it was in the mailbox',
      steps: [
        { id: 'both at 10', on: { a: (_data, self) => void self.sendAfter(10, goTo('b')) } },
        { id: 't', on: { a: stay(stateTimeout(10, 's')) } },
        10,
      ],
      log: ['a:enter from a', 'a:both at 10', 'a:t', 'a:to b', 'b:enter from a'],
    },
    {
      rule: 'a machine may start time-outs in init',
      start: { actions: [stateTimeout(10, 's') as never, named('n', 0, 'n') as never] },
      steps: [plain('x'), 10],
      log: ['a:enter from a', 'a:timeout n n', 'a:x', 'a:state_timeout s'],
    },
    {
      rule: 'a stop ends the machine when the handler has returned, in the state and with the data it returned; no event and no enter call follows',
      steps: [
        {
          id: 'end',
          on: {
            a: (data, self) => {
              self.stop('shutdown');
              return { ...to('b', insert(plain('never'))), data: { log: data.log, n: 7 } };
            },
          },
        },
        plain('x'),
      ],
      log: ['a:enter from a', 'a:end', 'b:terminate shutdown 7'],
    },
    {
      rule: 'a handler that throws ends the machine with the state and data from before it',
      steps: [
        {
          id: 'boom',
          on: {
            a: () => {
              throw new Error('boom');
            },
          },
        },
        plain('x'),
      ],
      log: ['a:enter from a', 'a:boom', 'a:terminate error:boom 0'],
    },
    {
      rule: 'an enter call that throws ends the machine in the new state',
      start: {
        enter: {
          b: () => {
            throw new Error('no entry');
          },
        },
      },
      steps: [goTo('b')],
      log: ['a:enter from a', 'a:to b', 'b:enter from a', 'b:terminate error:no entry 0'],
    },
  ];
  test.each(rows)('$rule', ({ start = {}, steps, log }) => {
    const kit = createTestSystem();
    const machine = begin(kit, start);
    for (const step of steps)
      if (typeof step === 'number') kit.advance(step);
      else kit.system.send(machine.pid, step);
    kit.run();
    expect(machine.log).toEqual(log);
  });
});

describe('calls to a state machine', () => {
  test('are answered at once, later, or after they were postponed', async () => {
    const kit = createTestSystem();
    const { pid, send } = begin(kit);
    const atOnce = kit.system.call(pid, 'now');
    const later = kit.system.call(pid, 'later');
    const postponed = kit.system.call(pid, 'wait');
    kit.run();
    await expect(atOnce).resolves.toBe('a now');
    send({
      id: 'answer',
      on: {
        a: (data) => ({ nextState: 'b', actions: [{ type: 'reply', from: data.kept as From, reply: 'at last' }] }),
      },
    });
    await expect(later).resolves.toBe('at last');
    await expect(postponed).resolves.toBe('b wait');
  });

  test('may be inserted as events, and keep who asked', async () => {
    const kit = createTestSystem();
    const { pid } = begin(kit);
    const answer = kit.system.call(pid, 'twice');
    kit.run();
    await expect(answer).resolves.toBe('a again');
  });

  test('that wait for a change of state fail when the machine ends, or in their time', async () => {
    const kit = createTestSystem();
    const { pid, send } = begin(kit);
    const first = kit.system.call(pid, 'wait', 50);
    kit.advance(50);
    await expect(first).rejects.toMatchObject({ code: 'timeout' });
    const second = kit.system.call(pid, 'wait');
    send({ id: 'end', on: { a: (_data, self) => self.stop('shutdown') } });
    await expect(second).rejects.toMatchObject({ code: 'exit', reason: 'shutdown' });
  });

  test('to a state without handleCall fail for the caller only; anyState has the handlers that a state lacks', async () => {
    const kit = createTestSystem();
    const machine = defineStateMachine<void, string[], string, 'one' | 'two'>({
      name: 'sparse',
      version: '1',
      init: () => ({ state: 'one', data: [] }),
      states: { one: { handleCall: (_request, _data, self, from) => void self.reply(from, 'one') }, two: {} },
      anyState: { handleMessage: (message, data) => (data.push(message), { nextState: 'two' }) },
    });
    const pid = kit.system.spawn(machine, undefined);
    const first = kit.system.call(pid, 'x');
    kit.system.send(pid, 'go');
    const second = kit.system.call(pid, 'x');
    kit.run();
    await expect(first).resolves.toBe('one');
    await expect(second).rejects.toMatchObject({ code: 'no_handler' });
    expect(kit.system.isAlive(pid)).toBe(true);
  });
});

describe('async handlers of a state machine', () => {
  test('hold up its own events and nobody else; postponed and inserted events keep their order', async () => {
    const kit = createTestSystem();
    let open = (): void => undefined;
    const gate = new Promise<void>((done) => (open = done));
    const { pid, log } = begin(kit, {
      enter: { b: async () => gate.then(() => ({ actions: [stateTimeout(0, 'z')] })) },
    });
    kit.system.send(pid, { id: 'p', on: { a: stay(postpone) } });
    kit.system.send(pid, {
      id: 'go',
      on: { a: async () => Promise.resolve(to('b', insert({ id: '1', on: { b: async () => Promise.resolve() } }))) },
    });
    kit.system.send(pid, plain('x'));
    await kit.settle();
    expect(log).toEqual(['a:enter from a', 'a:p', 'a:go', 'b:enter from a']);
    open();
    await kit.settle();
    expect(log.slice(4)).toEqual(['b:1', 'b:p', 'b:state_timeout z', 'b:x']);
  });

  test('have the time limit each for itself', async () => {
    const kit = createTestSystem({ handlerTimeoutMs: 100 });
    const waits = (ms: number) => async (_data: Data, self: Self<Message>) => {
      const woken = self.system.spawn(sleeper, ms);
      await self.call(woken, 'wake me', 10_000);
      return stay();
    };
    const { pid, log } = begin(kit);
    const slow = { id: 'slow', on: { a: waits(80) } };
    kit.system.send(pid, { id: 'i', on: { a: stay(insert(slow), insert(slow), insert(plain('last'))) } });
    await kit.advanceAsync(200);
    expect(log).toEqual(['a:enter from a', 'a:i', 'a:slow', 'a:slow', 'a:last']);
    kit.system.send(pid, { id: 'too slow', on: { a: waits(101) } });
    kit.system.send(pid, plain('never'));
    await kit.advanceAsync(500);
    expect(log.slice(5)).toEqual(['a:too slow', 'a:terminate timeout 0']);
  });

  test('that settle after the end change nothing', async () => {
    const kit = createTestSystem();
    let open = (_answer: Answer): void => undefined;
    const { pid, log } = begin(kit);
    kit.system.send(pid, { id: 'hang', on: { a: () => new Promise((done) => (open = done)) } });
    await kit.settle();
    kit.system.exit(pid, 'kill');
    open(to('b'));
    await kit.settle();
    expect(log).toEqual(['a:enter from a', 'a:hang']);
  });
});

const sleeper = defineBehaviour<number, { ms: number; from?: From }, 'wake'>({
  name: 'sleeper',
  version: '1',
  init: (ms) => ({ ms }),
  handleMessage(_wake, state, self) {
    if (state.from) self.reply(state.from, 'woken');
  },
  handleCall(_request, state, self, from) {
    state.from = from;
    self.sendAfter(state.ms, 'wake');
  },
});

describe('a state machine among others', () => {
  test('with many events of its own lets others have their slots', () => {
    const kit = createTestSystem({ reductionsPerSlot: 4 });
    const { pid, log } = begin(kit);
    const seen: number[] = [];
    const other = kit.system.spawn(
      defineBehaviour<void, null, string>({
        name: 'other',
        version: '1',
        init: () => null,
        handleMessage: () => void seen.push(log.length),
      }),
      undefined,
    );
    for (let i = 0; i < 100; i += 1) kit.system.send(pid, { id: `p${i}`, on: { a: stay(postpone) } });
    kit.system.send(pid, { id: 'go', on: { a: to('b') } });
    kit.run();
    expect(log).toHaveLength(1 + 100 + 2 + 100);
    expect(log.slice(103)).toEqual(Array.from({ length: 100 }, (_, i) => `b:p${i}`));
    kit.system.send(pid, {
      id: 'many',
      on: { b: stay(...Array.from({ length: 50 }, (_, i) => insert(plain(`i${i}`)))) },
    });
    kit.system.send(pid, plain('behind'));
    kit.system.send(other, 'me too');
    kit.run();
    expect(seen[0]).toBeLessThan(203 + 20);
    expect(log).toHaveLength(203 + 52);
    expect(log.at(-1)).toBe('b:behind');
  });

  test('hibernates packed when nothing waits or runs, unpacked otherwise', () => {
    const kit = createTestSystem();
    const packed: string[] = [];
    const machine = begin(
      kit,
      {},
      {
        hibernate: (state, data) => (packed.push(`${state}${data.n}`), `${state}${data.n}`),
        wake: (kept) => ({
          state: (kept as string)[0] as Name,
          data: { log: machine.log, n: Number((kept as string).slice(1)) },
        }),
      },
    );
    const sleeps = (answer: Answer) => (data: Data, self: Self<Message>) => {
      data.n += 1;
      self.hibernate();
      return answer;
    };
    machine.send({ id: 'sleep', on: { a: sleeps(to('b')) } });
    expect(packed).toEqual(['b1']);
    machine.send({ id: 'with a time-out', on: { b: sleeps(stay(stateTimeout(10, 's'))) } });
    kit.advance(10);
    machine.send({ id: 'with a postponed one', on: { b: sleeps(stay(postpone)) } });
    machine.send({ id: 'end', on: { b: (_data, self) => self.stop() } });
    expect(packed).toEqual(['b1']);
    expect(machine.log.slice(1)).toEqual([
      'a:sleep',
      'b:enter from a',
      'b:with a time-out',
      'b:state_timeout s',
      'b:with a postponed one',
      'b:end',
      'b:terminate normal 3',
    ]);
  });

  test('takes new code between two events: state, data, time-outs and what was postponed stay', async () => {
    const kit = createTestSystem();
    const { pid, log, send } = begin(kit);
    send({ id: 'p', on: { a: stay(postpone, named('n', 10, 'kept')) } });
    const next = machineOf(
      log,
      {},
      { version: '2', codeChange: (old) => ({ state: 'b', data: { ...(old.data as Data), n: 2 } }) },
    );
    await expect(kit.system.changeCode(pid, next as never)).resolves.toEqual({ changed: true });
    kit.advance(10);
    send({ id: 'go', on: { b: to('c') } }, { id: 'end', on: { c: (_data, self) => self.stop() } });
    expect(log).toEqual([
      'a:enter from a',
      'a:p',
      'b:timeout n kept',
      'b:go',
      'c:enter from b',
      'c:p',
      'c:end',
      'c:terminate normal 2',
    ]);
  });

  test('stays on its version if the new one has no such state', async () => {
    const kit = createTestSystem();
    const { pid, log, send } = begin(kit);
    const next = defineStateMachine<void, null, Message, 'other'>({
      name: 'machine',
      version: '2',
      init: () => ({ state: 'other', data: null }),
      states: { other: {} },
    });
    const result = await kit.system.changeCode(pid, next);
    expect(result).toMatchObject({ changed: false, reason: 'threw', error: { code: 'bad_transition' } });
    send(plain('x'));
    expect(log).toEqual(['a:enter from a', 'a:x']);
  });
});

describe('what a state machine must not do ends it with a sentence', () => {
  test.each<[string, unknown, string]>([
    ['an unknown state', { nextState: 'nowhere' }, 'machine, state a: there is no state nowhere'],
    ['a state that every object has', { nextState: 'toString' }, 'there is no state toString'],
    ['an unknown member', { next: 'b' }, 'unknown member next in a transition'],
    ['a string', 'b', 'a handler returned string, not an object or nothing'],
    ['an unknown action', { actions: [{ type: 'jump' }] }, 'unknown action jump'],
    ['actions that are no array', { actions: { type: 'postpone' } }, 'actions must be an array'],
    ['a negative time', { actions: [{ type: 'state_timeout', afterMs: -1 }] }, 'afterMs is -1, must be from 0'],
    ['a time-out without a name', { actions: [{ type: 'timeout', afterMs: 1 }] }, 'needs a name'],
    ['a time-out without a time', { actions: [{ type: 'event_timeout' }] }, 'needs afterMs, update, or cancel: true'],
    ['an empty next_event', { actions: [{ type: 'next_event' }] }, 'next_event needs message, internal'],
  ])('%s', (_what, answer, sentence) => {
    const kit = createTestSystem();
    const { pid, send } = begin(kit);
    send({ id: 'bad', on: { a: () => answer } });
    expect(kit.system.isAlive(pid)).toBe(false);
    expect(kit.crashes[0]?.reason).toMatchObject({
      error: { code: 'bad_transition', message: expect.stringContaining(sentence) },
    });
  });

  test.each<[string, unknown, string]>([
    ['change the state', { nextState: 'c' }, 'enter must not return nextState'],
    ['postpone', { actions: [postpone] }, 'enter must not return the action postpone'],
    ['insert events', { actions: [insert(plain('x'))] }, 'enter must not return the action next_event'],
  ])('an enter call may not %s', (_what, answer, sentence) => {
    const kit = createTestSystem();
    const { send } = begin(kit, { enter: { b: () => answer } });
    send({ id: 'go', on: { a: to('b') } });
    expect(kit.crashes[0]?.reason).toMatchObject({
      error: { code: 'bad_transition', message: expect.stringContaining(sentence) },
    });
  });

  test('a message that no handler is for', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(
      defineStateMachine<void, null, string, 'only'>({
        name: 'deaf',
        version: '1',
        init: () => ({ state: 'only', data: null }),
        states: { only: {} },
      }),
      undefined,
    );
    kit.system.send(pid, 'x');
    kit.run();
    expect(kit.crashes[0]?.reason).toMatchObject({
      error: { code: 'no_handler', message: 'state machine deaf, state only has no handler for a message' },
    });
  });

  test.each<[string, object, string]>([
    ['no states', { states: {} }, 'states must be an object with at least one state'],
    [
      'an unknown handler',
      { states: { a: { onMessage: () => undefined } } },
      'states.a has an unknown handler onMessage',
    ],
    ['a handler that is no function', { states: { a: { enter: 1 } } }, 'states.a.enter must be a function'],
    ['an enter call for any state', { anyState: { enter: () => undefined } }, 'anyState has an unknown handler enter'],
    ['no init', { init: undefined }, 'init must be a function'],
    ['no name', { name: '' }, 'needs a name'],
    ['hibernate alone', { hibernate: () => 1 }, 'hibernate and wake come together'],
  ])('a definition with %s is refused', (_what, wrong, sentence) => {
    const good = { name: 'm', version: '1', init: () => ({ state: 'a', data: null }), states: { a: {} } };
    expect(() => defineStateMachine({ ...good, ...wrong })).toThrow(sentence);
  });
});
