import { describe, expect, test } from '@jest/globals';
import { defineBehaviour, defineStateMachine, type From, type Self } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import {
  type Answer,
  begin,
  type Data,
  insert,
  machineOf,
  type Message,
  type Name,
  named,
  plain,
  postpone,
  stateTimeout,
  stay,
  to,
} from './scripted-machine.js';

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
