import { describe, expect, test } from '@jest/globals';
import { createSystem, defineBehaviour, shownAs, type TraceEvent } from '../src/index.js';
import { roughSize } from '../src/rough-size.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder } from './recorder.js';

interface Work {
  readonly type: string;
  readonly body: string;
}

const worker = defineBehaviour<undefined, { done: string[] }, Work>({
  name: 'worker',
  version: '4',
  init: () => ({ done: [] }),
  handleMessage: ({ body }, state) => void state.done.push(body),
  handleCall: (request, _state, self, from) => void self.reply(from, request),
});

function start() {
  const kit = createTestSystem();
  const events: TraceEvent[] = [];
  const lines = (): string[] => events.map(({ type, pid, message }) => `${type} ${pid} ${message}`);
  return { kit, system: kit.system, events, lines, hear: (event: TraceEvent) => void events.push(event) };
}

describe('a trace of one actor', () => {
  test('tells what it receives and handles, as shapes, with depth and the rough size of its state', () => {
    const { kit, system, events, lines, hear } = start();
    const pid = system.spawn(worker, undefined, { name: 'w' });
    const other = system.spawn(worker, undefined);
    system.trace(pid, hear);
    for (const to of [pid, other]) for (const body of ['secret', 'more']) system.send(to, { type: 'do', body });
    kit.run();
    expect(lines()).toEqual([
      'received 1 { type: string(2), body: string(6) }',
      'received 1 { type: string(2), body: string(4) }',
      'handled 1 { type: string(2), body: string(6) }',
      'handled 1 { type: string(2), body: string(4) }',
    ]);
    expect(events[2]).toMatchObject({ name: 'w', behaviour: 'worker', version: '4', depth: 1, missed: 0 });
    expect(events[3]).toMatchObject({ tookMs: 0, stateBytes: roughSize({ done: ['secret', 'more'] }) });
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(system.info(pid)).toMatchObject({ received: 2, handled: 2 });
  });

  test('times handlings by the stopwatch where the clock stands still within a turn', () => {
    let elapsed = 0;
    const slow = defineBehaviour<undefined, undefined, number>({
      name: 'slow',
      version: '1',
      init: () => undefined,
      handleMessage: (ms) => void (elapsed += ms),
    });
    const system = createSystem({ now: () => 1_000, stopwatch: () => elapsed, schedule: () => undefined });
    const pid = system.spawn(slow, undefined);
    const events: TraceEvent[] = [];
    system.trace(pid, (event) => void events.push(event));
    for (const ms of [3, 4]) system.send(pid, ms);
    system.runTurn();
    expect(events.filter(({ type }) => type === 'handled')).toMatchObject([{ tookMs: 3 }, { tookMs: 4 }]);
  });

  test('tells what it sends by a way of the host, in the form in which the message wants to be seen', () => {
    class Letter {
      readonly to = 'somebody';
      readonly #stamp = 1;
      readonly bookKeeping = [this.#stamp];
      [shownAs]() {
        return { to: this.to };
      }
    }
    const { system, events, hear } = start();
    const pid = system.spawn(worker, undefined);
    system.noteSentOut(pid, 'early', new Letter());
    system.trace(pid, hear);
    system.noteSentOut(pid, 'bob', new Letter());
    expect(events).toMatchObject([{ type: 'sent', to: 'mailbox bob', message: '{ to: string(8) }' }]);
  });

  test('tells what it sends, asks and answers', async () => {
    const { kit, system, events, hear } = start();
    const pid = system.spawn(recorder, { log: [] });
    const other = system.spawn(worker, undefined, { name: 'other' });
    system.send(pid, (self) => {
      self.send('other', { type: 'x', body: 'y' });
      self.sendRequest(other, 'question');
    });
    system.trace(pid, hear);
    const answer = system.call(pid, 'ping');
    kit.run();
    await answer;
    expect(
      events.filter(({ type }) => type === 'sent').map((event) => [(event as { to?: string }).to, event.message]),
    ).toEqual([
      ['other', '{ type: string(1), body: string(1) }'],
      ['<2>', 'string(8)'],
      ['caller', 'string(4)'],
    ]);
    expect(events.map(({ message }) => message)).toContain('REPLY');
  });

  test('tells an async message when it has settled, with the time it took', async () => {
    const { kit, system, events, hear } = start();
    const pid = system.spawn(recorder, { log: [] });
    system.trace(pid, hear);
    let release = (): void => undefined;
    system.send(pid, () => new Promise<void>((done) => (release = done)));
    await kit.advanceAsync(30);
    expect(events.map(({ type }) => type)).toEqual(['received']);
    release();
    await kit.settle();
    expect(events[1]).toMatchObject({ type: 'handled', tookMs: 30 });
  });

  test('outlives neither stop nor the actor, and changes nothing of its crash', () => {
    const { kit, system, events, hear } = start();
    const pid = system.spawn(recorder, { log: [] });
    const trace = system.trace(pid, hear);
    trace.stop();
    trace.stop();
    system.send(pid, () => undefined);
    kit.run();
    expect(events).toEqual([]);
    system.trace(pid, hear);
    system.send(pid, () => {
      throw new Error('x');
    });
    kit.run();
    system.send(pid, () => undefined);
    expect(events.map(({ type }) => type)).toEqual(['received', 'handled']);
    expect(kit.crashes).toHaveLength(1);
  });
});

describe('a trace of a behaviour', () => {
  test('covers its actors that live, those that come, and those that change to it', async () => {
    const { kit, system, events, hear } = start();
    const old = system.spawn(worker, undefined);
    const trace = system.trace('worker', hear);
    const young = system.spawn(worker, undefined);
    const other = system.spawn({ ...worker, name: 'other' }, undefined);
    const tell = (): number[] => {
      events.length = 0;
      for (const pid of [old, young, other]) system.send(pid, { type: 'a', body: 'b' });
      kit.run();
      return [...new Set(events.map(({ pid }) => pid))];
    };
    expect(tell()).toEqual([1, 2]);
    await system.changeCode(old, { ...worker, name: 'other' });
    await system.changeCode(other, worker);
    expect(tell()).toEqual([2, 3]);
    trace.stop();
    expect(tell()).toEqual([]);
  });
});

describe('a trace cannot hurt', () => {
  test('tells at most maxPerSecond events, counts the others, and goes on in the next second', () => {
    const { kit, system, events, hear } = start();
    const pid = system.spawn(worker, undefined);
    const trace = system.trace(pid, hear, { maxPerSecond: 10 });
    const flood = (): void => {
      for (let i = 0; i < 1_000; i += 1) system.send(pid, { type: 'a', body: 'b' });
      kit.run();
    };
    flood();
    expect(events).toHaveLength(10);
    expect(trace.missed).toBe(1_990);
    kit.advance(1_000);
    flood();
    expect(events).toHaveLength(20);
    expect(events[10]?.missed).toBe(1_990);
    expect(system.info(pid)).toMatchObject({ handled: 2_000, depth: 0 });
  });

  test('what hears it may send to whom it hears of, and throw', () => {
    const { kit, system } = start();
    const pid = system.spawn(worker, undefined);
    let heard = 0;
    system.trace(pid, () => {
      heard += 1;
      if (heard < 50) system.send(pid, { type: 'again', body: '' });
      throw new Error('x');
    });
    system.send(pid, { type: 'first', body: '' });
    kit.run();
    expect(heard).toBeGreaterThan(1);
    expect(heard).toBeLessThanOrEqual(100);
    expect(system.counters.hookErrors).toBe(heard);
  });

  test('keeps the order and the slots of the scheduler', () => {
    const order = (traced: boolean): string => {
      const { kit, system, hear } = start();
      let text = '';
      for (const name of ['a', 'b']) {
        const pid = system.spawn(recorder, { log: [] });
        if (traced) system.trace(pid, hear);
        for (let i = 0; i < 40; i += 1) system.send(pid, () => void (text += name));
      }
      kit.run();
      return text;
    };
    expect(order(true)).toBe(order(false));
  });

  test('a bounded mailbox is traced with its messages, not with their wrapping', () => {
    const { kit, system, lines, hear } = start();
    const pid = system.spawn(worker, undefined, { mailbox: { maxMessages: 1 } });
    system.trace(pid, hear);
    system.send(pid, { type: 'a', body: 'b' });
    kit.run();
    expect(lines()[1]).toBe('handled 1 { type: string(1), body: string(1) }');
  });

  test.each([[{ maxPerSecond: 0 }], [{ maxPerSecond: 1e9 }], [{ rate: 3 }]])(
    'refuses wrong options (%#)',
    (options) => {
      const system = createSystem();
      expect(() => system.trace('x', () => undefined, options as never)).toThrow(Object.keys(options)[0]);
    },
  );
});

test('the rough size counts what is there, once, without getters, and stops at 200 values', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  const getter = {
    get secret() {
      throw new Error('read');
    },
  };
  expect(roughSize('abcd')).toBe(20);
  expect(roughSize(new Uint8Array(1_000))).toBeGreaterThanOrEqual(1_000);
  expect(roughSize(new Map([['a', new Set([1])]]))).toBeGreaterThan(100);
  expect(roughSize(loop)).toBeLessThan(100);
  expect(roughSize(getter)).toBeLessThan(100);
  expect(
    roughSize(
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('x');
          },
        },
      ),
    ),
  ).toBe(0);
  const nested = Array.from({ length: 1_000 }, () => 'x'.repeat(1_000));
  expect(roughSize(nested)).toBeLessThan(8_032 + 200 * 1_016 + 1);
});
