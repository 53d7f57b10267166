import { describe, expect, test } from '@jest/globals';
import { createSystem, defineBehaviour, type ActorSystem, type Pid } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder } from './recorder.js';

/** A system whose clock moves 1 ms with each message handled, driven by hand. */
function timed(options: Parameters<typeof createSystem>[0] = {}) {
  let now = 0;
  const system = createSystem({
    now: () => now,
    schedule: () => undefined,
    scheduleLater: () => ({ cancel: () => undefined }),
    ...options,
  });
  const slow = defineBehaviour<undefined, number, number>({
    name: 'slow',
    version: '1',
    init: () => 0,
    handleMessage: () => void (now += 1),
  });
  const fill = (pid: Pid<number>, n: number): void => {
    for (let i = 0; i < n; i += 1) system.send(pid, i);
  };
  return { system, slow, fill, handled: (pid: Pid) => system.info(pid)?.handled };
}

describe('the scheduler', () => {
  test('gives each actor at most reductionsPerSlot messages before the next one has its slot', () => {
    const kit = createTestSystem({ reductionsPerSlot: 3 });
    const order: string[] = [];
    for (const name of ['a', 'b']) {
      const pid = kit.system.spawn(recorder, { log: [] });
      for (let i = 0; i < 5; i += 1) kit.system.send(pid, () => void order.push(name));
    }
    kit.run();
    expect(order.join('')).toBe('aaabbbaabb');
  });

  test('ends a turn after reductionsPerTurn messages, and asks for the next', () => {
    const { system, slow, fill, handled } = timed({ reductionsPerTurn: 100, turnBudgetMs: 1_000 });
    const pid = system.spawn(slow, undefined);
    fill(pid, 250);
    system.runTurn();
    expect(handled(pid)).toBe(112); // the slot in which the hundredth falls is finished
    system.runTurn();
    system.runTurn();
    expect(handled(pid)).toBe(250);
  });

  test('ends a turn when its time is spent, one busy actor or a thousand', () => {
    for (const count of [1, 1_000]) {
      const { system, slow, fill } = timed({ turnBudgetMs: 40 });
      const pids = Array.from({ length: count }, () => system.spawn(slow, undefined));
      for (const pid of pids) fill(pid, 1_000 / count);
      system.runTurn();
      expect(system.counters.reductions).toBeGreaterThanOrEqual(40);
      expect(system.counters.reductions).toBeLessThanOrEqual(40 + 2 * 16);
      expect(system.runQueueLength).toBeGreaterThan(0);
    }
  });

  test('goes by the stopwatch where the clock stands still within a turn', () => {
    let ms = 0;
    const system = createSystem({
      now: () => 7,
      stopwatch: () => ms,
      schedule: () => undefined,
      scheduleLater: () => ({ cancel: () => undefined }),
      turnBudgetMs: 40,
    });
    const slow = defineBehaviour<undefined, null, number>({
      ...{ name: 'slow', version: '1', init: () => null },
      handleMessage: () => void (ms += 1),
    });
    const pid = system.spawn(slow, undefined);
    for (let i = 0; i < 1_000; i += 1) system.send(pid, i);
    system.runTurn();
    expect(system.counters.reductions).toBeLessThanOrEqual(40 + 16);
    expect(system.counters).toMatchObject({ lastTurnMs: ms, longestTurnMs: ms });
  });

  test('runs due timers in every turn, however busy', () => {
    const { system, slow, fill } = timed({ turnBudgetMs: 10 });
    const busy = system.spawn(slow, undefined);
    fill(busy, 10_000);
    const log: string[] = [];
    system.sendAfter(20, system.spawn(recorder, { log }, { priority: 'high' }), () => void log.push('timer'));
    for (let i = 0; i < 4; i += 1) system.runTurn();
    expect(log).toEqual(['init', 'timer']);
    expect(system.info(busy)?.depth).toBeGreaterThan(9_000);
  });

  test('lets high priority go first, and normal have one slot in nine', () => {
    const kit = createTestSystem({ reductionsPerSlot: 1 });
    const order: string[] = [];
    for (const priority of ['normal', 'high'] as const) {
      const pid = kit.system.spawn(recorder, { log: [] }, { priority });
      for (let i = 0; i < 20; i += 1) kit.system.send(pid, () => void order.push(priority[0] as string));
    }
    kit.run();
    expect(order.join('').slice(0, 20)).toBe('hhhhhhhhnhhhhhhhhnhh');
  });

  test('measures how long turns take: all, the last, the longest', () => {
    const { system, slow, fill } = timed({ turnBudgetMs: 1_000 });
    const pid = system.spawn(slow, undefined);
    for (const n of [30, 10]) {
      fill(pid, n);
      system.runTurn();
    }
    expect(system.counters).toMatchObject({ turns: 2, turnMs: 40, lastTurnMs: 10, longestTurnMs: 30 });
  });

  test('keeps one clock reading for a turn', () => {
    const { system, slow, fill } = timed({ turnBudgetMs: 1_000 });
    const pid = system.spawn(slow, undefined);
    const seen: number[] = [];
    fill(pid, 50);
    system.onTurnStart(() => seen.push(system.now));
    system.onTurnEnd(() => seen.push(system.now));
    system.runTurn();
    expect(seen).toEqual([0, 0]);
    system.runTurn();
    expect(seen).toEqual([0, 0, 50, 50]);
  });

  test('calls hooks at the start and the end of each turn until they are taken off; what they throw is counted', () => {
    const kit = createTestSystem();
    const seen: string[] = [];
    const off = kit.system.onTurnStart(() => seen.push('start'));
    kit.system.onTurnEnd(() => seen.push('end'));
    kit.system.onTurnEnd(() => {
      throw new Error('hook');
    });
    kit.system.onTurnEnd(() => seen.push('end too'));
    kit.system.runTurn();
    off();
    kit.system.runTurn();
    expect(seen).toEqual(['start', 'end', 'end too', 'end', 'end too']);
    expect(kit.system.counters.hookErrors).toBe(2);
  });

  test('a message sent by a hook at the end of a turn is handled in the next', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const pid = kit.system.spawn(recorder, { log });
    let once = true;
    kit.system.onTurnEnd(() => {
      if (once) kit.system.send(pid, () => void log.push('from the hook'));
      once = false;
    });
    kit.system.runTurn();
    kit.run();
    expect(log).toEqual(['init', 'from the hook']);
  });

  test('a turn inside of a turn is nothing', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const pid = kit.system.spawn(recorder, { log });
    kit.system.send(pid, (self, l) => {
      self.system.runTurn();
      l.push('one');
    });
    kit.system.send(pid, (_self, l) => void l.push('two'));
    kit.run();
    expect(log).toEqual(['init', 'one', 'two']);
  });

  test('knows depth, received, handled, oldest age and run queue at any time', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(recorder, { log: [] }, { class: 'service' });
    for (let i = 0; i < 3; i += 1) kit.system.send(pid, () => undefined);
    expect(kit.system.runQueueLength).toBe(1);
    expect(kit.system.info(pid)).toMatchObject({
      depth: 3,
      received: 3,
      handled: 0,
      status: 'runnable',
      class: 'service',
      oldestAgeMs: 0,
    });
    kit.run();
    expect(kit.system.info(pid)).toMatchObject({ depth: 0, received: 3, handled: 3, status: 'waiting' });
    kit.system.exit(pid, 'kill');
    expect(kit.system.info(pid)).toBeUndefined();
  });

  test('the oldest age is that of the message that has waited longest', async () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(recorder, { log: [] });
    kit.system.send(pid, () => new Promise<void>(() => undefined));
    await kit.settle();
    kit.system.send(pid, () => undefined);
    await kit.advanceAsync(70);
    kit.system.send(pid, () => undefined);
    await kit.advanceAsync(30);
    expect(kit.system.info(pid)).toMatchObject({ depth: 2, oldestAgeMs: 100 });
  });
});

describe('onMailboxGrowth', () => {
  test('tells of a mailbox with each 15 messages that wait behind others, and of no short one', () => {
    const kit = createTestSystem();
    const seen: number[] = [];
    const long = kit.system.spawn(recorder, { log: [] });
    const short = kit.system.spawn(recorder, { log: [] });
    const off = kit.system.onMailboxGrowth((pid) => {
      seen.push(pid.id);
      expect(kit.system.info(pid)?.depth).toBe(2 + 15 * seen.length);
    });
    const fill = (pid: typeof long, n: number): void => {
      for (let i = 0; i < n; i += 1) kit.system.send(pid, () => undefined);
    };
    fill(long, 50);
    fill(short, 16);
    expect(seen).toEqual([long.id, long.id, long.id]);
    kit.run();
    off();
    fill(long, 50);
    expect(seen).toHaveLength(3);
    expect(kit.system.counters.hookErrors).toBe(0);
  });

  test('may throw', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(recorder, { log: [] });
    kit.system.onMailboxGrowth(() => {
      throw new Error('hook');
    });
    for (let i = 0; i < 17; i += 1) expect(kit.system.send(pid, () => undefined)).toBe(true);
    expect(kit.system.counters.hookErrors).toBe(1);
  });
});

describe('on the host’s own clock and loop', () => {
  const echo = defineBehaviour<undefined, null, number>({
    name: 'echo',
    version: '1',
    init: () => null,
    handleMessage: () => undefined,
    handleCall: (request, _s, self, from) => void self.reply(from, request),
  });

  test('calls, timers and stop work, and 100,000 busy actors leave timers of the host their turns', async () => {
    const system: ActorSystem = createSystem();
    expect(await system.call(system.spawn(echo, undefined), 3)).toBe(3);
    await expect(
      system.call(
        system.spawn(defineBehaviour<undefined, null, never>({ ...echo, handleCall: () => undefined }), undefined),
        1,
        5,
      ),
    ).rejects.toMatchObject({ code: 'timeout' });
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await new Promise<void>((done) => {
      let left = 100_000;
      const busy = defineBehaviour<undefined, { n: number }, null>({
        name: 'busy',
        version: '1',
        init: () => ({ n: 0 }),
        handleMessage(_m, state, self) {
          state.n += 1;
          if (state.n < 20) self.send(self.pid, null);
          else if (--left === 0) done();
        },
      });
      for (let i = 0; i < 100_000; i += 1) system.send(system.spawn(busy, undefined), null);
    });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(10);
    await system.stop();
    expect(system.actorCount).toBe(0);
    expect(() => system.spawn(echo, undefined)).toThrow('stopped');
  });
});

describe('stop', () => {
  test('ends trees through their supervisors, calls terminate, and kills what does not end in time', async () => {
    const kit = createTestSystem({ stopTimeoutMs: 100 });
    const log: string[] = [];
    kit.system.spawn(recorder, { log, name: 'polite ', trap: true });
    kit.system.spawn(recorder, {
      log,
      name: 'stubborn ',
      trap: true,
      terminate: () => new Promise<void>(() => undefined),
    });
    kit.system.spawn(recorder, { log, name: 'plain ' });
    const stopped = kit.system.stop();
    await kit.settle();
    expect(log.filter((line) => line.includes('terminate'))).toEqual([
      'stubborn terminate shutdown',
      'polite terminate shutdown',
    ]);
    expect(kit.system.actorCount).toBe(1);
    await kit.advanceAsync(100);
    await stopped;
    expect(kit.system.actorCount).toBe(0);
  });

  test('of a system without actors resolves', async () => {
    await createTestSystem().system.stop();
  });
});
