import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { createSystem, defineBehaviour, type Behaviour, type Self } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';

type Act = (state: { n: number; note: string }, self: Self<Act>) => unknown;
const log: string[] = [];

/** Keeps `n` only while it sleeps. */
const sleeper: Behaviour<number, { n: number; note: string }, Act> = defineBehaviour({
  name: 'sleeper',
  version: '1',
  init: (n) => ({ n, note: 'fresh' }),
  handleMessage: (act, state, self) => act(state, self) as void,
  handleCall: (_request, state, self, from) => void self.reply(from, { ...state }),
  handleInfo: (info, state) => void log.push(`${info.type} ${state.n}`),
  hibernate(state) {
    log.push('sleeps');
    return state.n;
  },
  wake(packed) {
    log.push('wakes');
    return { n: packed as number, note: 'woken' };
  },
  terminate: (_reason, state) => void log.push(`terminate ${state.n}`),
});

function start() {
  log.length = 0;
  const kit = createTestSystem();
  const pid = kit.system.spawn(sleeper, 7);
  const hibernate: Act = (_state, self) => self.hibernate();
  kit.system.send(pid, hibernate);
  return { kit, system: kit.system, pid, hibernate };
}

describe('an actor that hibernates', () => {
  test('packs its state when its callback has returned, and wakes by a message, a call and an info', async () => {
    const { kit, system, pid, hibernate } = start();
    kit.run();
    expect(log).toEqual(['sleeps']);
    expect(system.info(pid)).toMatchObject({ status: 'hibernating', depth: 0 });
    const answer = system.call(pid, 'state');
    kit.run();
    expect(await answer).toEqual({ n: 7, note: 'woken' });
    expect(log).toEqual(['sleeps', 'wakes']);
    system.send(pid, (_state, self) => {
      self.startTimer(50, 'tag');
      self.hibernate();
    });
    kit.advance(50);
    expect(log).toEqual(['sleeps', 'wakes', 'sleeps', 'wakes', 'TIMEOUT 7']);
    system.send(pid, hibernate);
    kit.run();
    system.send(pid, (state) => void (state.n += 1));
    kit.run();
    expect(await system.getState(pid)).toEqual({ n: 8, note: 'woken' });
  });

  test('does not while something waits', () => {
    const { kit, system, pid } = start();
    system.send(pid, () => undefined);
    kit.run();
    expect(log).toEqual([]);
  });

  test('is shown, moved to other code and suspended without staying awake', async () => {
    const { kit, system, pid } = start();
    kit.run();
    expect(await system.getState(pid)).toEqual({ n: 7, note: 'woken' });
    const next = {
      ...sleeper,
      version: '2',
      codeChange: (state: unknown) => ({ ...(state as { n: number; note: string }), n: 70 }),
    };
    await system.changeCode(pid, next);
    await system.suspend(pid);
    await system.resume(pid);
    expect(log).toEqual(['sleeps', 'wakes', 'sleeps', 'wakes', 'sleeps']);
    expect(await system.getStatus(pid)).toMatchObject({ hibernating: true, version: '2', stateShape: 'number' });
    expect(await system.getState(pid)).toMatchObject({ n: 70 });
  });

  test('terminates with its state unpacked', () => {
    log.length = 0;
    const kit = createTestSystem();
    const parent = kit.system.spawn(
      defineBehaviour<undefined, null, never>({
        name: 'parent',
        version: '1',
        init(_arg, self) {
          const child = self.spawnLink(sleeper, 7);
          self.send(child, (_state, me) => {
            me.trapExit(true);
            me.hibernate();
          });
          return null;
        },
        handleMessage: () => undefined,
      }),
      undefined,
    );
    kit.run();
    kit.system.exit(parent, 'shutdown');
    kit.run();
    expect(log).toEqual(['sleeps', 'wakes', 'terminate 7']);
  });

  test('from an async handler sleeps when that has settled, from init when that is done', async () => {
    log.length = 0;
    const kit = createTestSystem();
    const { system } = kit;
    const pid = system.spawn({ ...sleeper, init: (n, self) => (self.hibernate(), { n, note: '' }) }, 1);
    expect(log).toEqual(['sleeps']);
    system.send(pid, async (_state, self) => {
      await Promise.resolve();
      self.hibernate();
    });
    await kit.settle();
    expect(log).toEqual(['sleeps', 'wakes', 'sleeps']);
  });

  test('whose hibernate throws ends with its state, whose wake throws without terminate', () => {
    for (const member of ['hibernate', 'wake'] as const) {
      log.length = 0;
      const kit = createTestSystem();
      const broken = {
        ...sleeper,
        [member]: () => {
          throw new Error(member);
        },
      };
      const pid = kit.system.spawn(broken, 7);
      kit.system.send(pid, (_state, self) => self.hibernate());
      kit.run();
      kit.system.send(pid, () => undefined);
      kit.run();
      expect(kit.system.isAlive(pid)).toBe(false);
      expect(kit.crashes.map(({ phase }) => phase)).toEqual([member === 'wake' ? 'wake' : 'handler']);
      expect(log).toEqual(member === 'wake' ? ['sleeps'] : ['terminate 7']);
    }
  });

  test.each([
    ['stops', (self: Self<Act>) => self.stop('odd'), 'odd'],
    ['is killed', (self: Self<Act>) => self.system.exit(self.pid, 'kill'), 'killed'],
    ['exits', (self: Self<Act>) => self.exit('odd'), 'odd'],
  ])('that %s in its hibernate ends with that reason', (_what, act, reason) => {
    const kit = createTestSystem();
    const hibernate = (_state: unknown, self: Self<Act>): number => {
      act(self);
      return 1;
    };
    const pid = kit.system.spawn({ ...sleeper, hibernate }, 7);
    const reasons: unknown[] = [];
    kit.system.monitor(pid, (down) => reasons.push(down.reason));
    kit.system.send(pid, (_state, self) => self.hibernate());
    kit.run();
    expect(reasons).toEqual([reason]);
  });

  test('that sends to itself in its hibernate wakes at once', () => {
    const kit = createTestSystem();
    let count = 0;
    const hibernate = (state: { n: number }, self: Self<Act>): number => {
      self.send(self.pid, () => void (count += 1));
      return state.n;
    };
    const pid = kit.system.spawn({ ...sleeper, hibernate }, 7);
    kit.system.send(pid, (_state, self) => self.hibernate());
    kit.run();
    expect([count, kit.system.info(pid)?.status]).toEqual([1, 'waiting']);
  });

  test('without callbacks of its own for it keeps its state as it is', async () => {
    const kit = createTestSystem();
    const { hibernate: _h, wake: _w, ...plain } = sleeper;
    const pid = kit.system.spawn(plain, 3);
    kit.system.send(pid, (_state, self) => self.hibernate());
    kit.run();
    expect(kit.system.info(pid)?.status).toBe('hibernating');
    expect(await kit.system.getState(pid)).toEqual({ n: 3, note: 'fresh' });
  });

  test('needs both callbacks or none', () => {
    const { wake: _w, ...half } = sleeper;
    expect(() => defineBehaviour(half)).toThrow('hibernate and wake');
  });

  test('takes at most 200 bytes in all', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const packed = defineBehaviour<number, { list: number[]; text: string; at: Map<string, number> }, 'work' | 'sleep'>(
      {
        name: 'packed',
        version: '1',
        init: (n) => ({ list: [n, n + 1], text: 'a text', at: new Map([['x', n]]) }),
        handleMessage(message, state, self) {
          state.list.push(1);
          if (message === 'work')
            self.cancelTimer(self.sendAfter(1_000, 'work')); // extras come and go
          else self.hibernate();
        },
        hibernate: (state) => state.list[0],
        wake: (n) => ({ list: [n as number], text: '', at: new Map() }),
      },
    );
    const system = createSystem({ schedule: () => undefined });
    const count = 100_000;
    const drain = (): void => {
      while (system.runQueueLength > 0) system.runTurn();
    };
    system.send(system.spawn(packed, 0), 'sleep');
    drain();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < count; i += 1) {
      const pid = system.spawn(packed, i);
      for (let k = 0; k < 3; k += 1) system.send(pid, 'work');
      system.send(pid, 'sleep');
      if (i % 1_000 === 0) drain();
    }
    drain();
    collect();
    const bytes = (process.memoryUsage().heapUsed - before) / count;
    expect(system.actorCount).toBe(count + 1);
    expect(bytes).toBeLessThan(200);
    expect(bytes).toBeGreaterThan(100);
  });
});
