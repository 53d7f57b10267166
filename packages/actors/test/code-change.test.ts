import { describe, expect, test } from '@jest/globals';
import { defineBehaviour } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';

interface State {
  n: number;
  log: string[];
  wait?: Promise<void>;
}

function version(v: string, codeChange?: (state: State, from: string) => State) {
  return defineBehaviour<State, State, string>({
    name: 'counter',
    version: v,
    init: (state) => state,
    handleMessage(message, state) {
      state.n += 1;
      state.log.push(`${v} ${message}`);
      if (message === 'wait') return state.wait;
    },
    ...(codeChange ? { codeChange: codeChange } : {}),
  });
}

describe('a change of code', () => {
  test('happens between two messages, with the state carried over from the version before', async () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const pid = kit.system.spawn(version('1'), { n: 0, log });
    kit.system.send(pid, 'a');
    kit.run();
    kit.system.send(pid, 'b');
    const change = kit.system.changeCode(
      pid,
      version('2', (state, from) => ({ ...state, log: (log.push(`from ${from} at ${state.n}`), log) })),
    );
    kit.run();
    expect(await change).toEqual({ changed: true });
    expect(log).toEqual(['1 a', 'from 1 at 1', '2 b']);
    expect(kit.system.info(pid)).toMatchObject({ version: '2', depth: 0, received: 2, handled: 2 });
  });

  test('waits for an async handler and goes before what waits', async () => {
    const kit = createTestSystem();
    const log: string[] = [];
    let release = (): void => undefined;
    const pid = kit.system.spawn(version('1'), { n: 0, log, wait: new Promise<void>((done) => (release = done)) });
    kit.system.send(pid, 'wait');
    kit.system.send(pid, 'next');
    await kit.settle();
    const change = kit.system.changeCode(pid, version('2'));
    await kit.settle();
    expect(kit.system.info(pid)?.version).toBe('1');
    release();
    await kit.settle();
    expect(await change).toEqual({ changed: true });
    expect(log).toEqual(['1 wait', '2 next']);
  });

  test('passes a mailbox of 1,000,000 waiting messages within one turn', async () => {
    const kit = createTestSystem();
    const quiet = (v: string) =>
      defineBehaviour<number, number, number>({
        name: 'q',
        version: v,
        init: (n) => n,
        handleMessage: () => undefined,
      });
    const pid = kit.system.spawn(quiet('1'), 0);
    for (let i = 0; i < 1_000_000; i += 1) kit.system.send(pid, i);
    const change = kit.system.changeCode(pid, quiet('2'));
    kit.system.runTurn();
    expect(await change).toEqual({ changed: true });
    expect(kit.system.info(pid)?.depth).toBeGreaterThan(900_000);
    kit.system.exit(pid, 'shutdown');
    expect(kit.system.isAlive(pid)).toBe(false);
  });

  test('that throws leaves the actor with version and state it had', async () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const pid = kit.system.spawn(version('1'), { n: 0, log });
    const result = await kit.system.changeCode(
      pid,
      version('2', () => {
        throw new Error('no');
      }),
    );
    expect(result).toEqual({ changed: false, reason: 'threw', error: new Error('no') });
    kit.system.send(pid, 'a');
    kit.run();
    expect(log).toEqual(['1 a']);
    expect(kit.crashes).toEqual([]);
  });

  test('of an actor that has ended, or ends while it waits, says so', async () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(version('1'), { n: 0, log: [], wait: new Promise<void>(() => undefined) });
    kit.system.send(pid, 'wait');
    await kit.settle();
    const change = kit.system.changeCode(pid, version('2'));
    kit.system.exit(pid, 'kill');
    expect(await change).toEqual({ changed: false, reason: 'noproc' });
    expect(await kit.system.changeCode(pid, version('2'))).toEqual({ changed: false, reason: 'noproc' });
  });

  test('is what a handler may ask for its own actor', async () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const two = version('2');
    const one = defineBehaviour<State, State, string>({
      ...version('1'),
      handleMessage: (_m, _s, self) => void self.system.changeCode(self.pid, two),
    });
    const pid = kit.system.spawn(one, { n: 0, log });
    kit.system.send(pid, 'a');
    kit.system.send(pid, 'b');
    await kit.settle();
    expect(log).toEqual(['2 b']);
  });

  test('can be asked for without a promise: at rest it has happened when the request returns', async () => {
    const kit = createTestSystem();
    const log: string[] = [];
    let release = (): void => undefined;
    const pid = kit.system.spawn(version('1'), { n: 0, log, wait: new Promise<void>((done) => (release = done)) });
    const results: unknown[] = [];
    const note = (result: unknown): void => void results.push(result);
    kit.system.requestCodeChange(pid, version('2'), note);
    expect(results).toEqual([{ changed: true }]);
    kit.system.send(pid, 'wait');
    await kit.settle();
    kit.system.requestCodeChange(pid, version('3'), note);
    expect(results).toHaveLength(1);
    release();
    await kit.settle();
    expect(results).toEqual([{ changed: true }, { changed: true }]);
    const error = new Error('no');
    const refuses = version('4', () => {
      throw error;
    });
    kit.system.requestCodeChange(pid, refuses, note);
    expect(results.at(-1)).toEqual({ changed: false, reason: 'threw', error });
    expect(kit.system.info(pid)?.version).toBe('3');
    kit.system.exit(pid, 'kill');
    kit.system.requestCodeChange(pid, version('5'), note);
    expect(results.at(-1)).toEqual({ changed: false, reason: 'noproc' });
  });

  test('whose codeChange stops the actor ends it, in the new version', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(version('1'), { n: 0, log: [] });
    const stops = defineBehaviour<State, State, string>({
      ...version('2'),
      codeChange: (state, _from, self) => (self.stop(), state as State),
    });
    kit.system.requestCodeChange(pid, stops, () => undefined);
    kit.run();
    expect(kit.system.isAlive(pid)).toBe(false);
  });

  test('tells what onDone throws to nobody but the counter', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(version('1'), { n: 0, log: [] });
    kit.system.requestCodeChange(pid, version('2'), () => {
      throw new Error('oops');
    });
    expect(kit.system.counters.hookErrors).toBe(1);
    expect(kit.system.info(pid)?.version).toBe('2');
  });
});
