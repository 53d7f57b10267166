import { describe, expect, test } from '@jest/globals';
import {
  countChildren,
  startChild,
  supervisor,
  terminateChild,
  whichChildren,
  type AutoShutdown,
  type ChildSpec,
  type Pid,
  type Strategy,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';

const ends = { normal: true, shutdown: true, odd: false } as const;
const rows = (['any_significant', 'all_significant'] as const).flatMap((autoShutdown) =>
  (['one_for_one', 'one_for_all', 'rest_for_one'] as const).flatMap((strategy) =>
    (['transient', 'temporary'] as const).flatMap((restart) =>
      (Object.keys(ends) as (keyof typeof ends)[]).map((how) => ({ autoShutdown, strategy, restart, how })),
    ),
  ),
);

function tree(autoShutdown: AutoShutdown, strategy: Strategy, children: readonly Partial<ChildSpec>[]) {
  const kit = createTestSystem();
  const top = kit.system.spawn(
    supervisor({
      strategy,
      intensity: 9,
      autoShutdown,
      children: children.map((child, i) => ({
        id: `c${i}`,
        behaviour: recorder,
        restart: 'transient',
        arg: { log: [] },
        ...child,
      })),
    }),
    undefined,
  );
  const pid = (i: number): Pid<Act> => whichChildren(top).find(({ id }) => id === `c${i}`)?.pid as Pid<Act>;
  const end = (i: number, reason: string): void => {
    kit.system.send(pid(i), (self) => self.stop(reason));
    kit.run();
  };
  return { kit, top, pid, end, alive: () => kit.system.isAlive(top) };
}

describe('significant children', () => {
  test.each(rows)(
    '$autoShutdown, $strategy: a $restart one ends with $how',
    ({ autoShutdown, strategy, restart, how }) => {
      const { end, alive } = tree(autoShutdown, strategy, [
        { restart, significant: true },
        { restart, significant: true },
        { restart: 'permanent' },
      ]);
      // A transient child that crashed is restarted: it has not ended for good.
      const forGood = restart === 'temporary' || ends[how];
      end(0, how);
      expect(alive()).toBe(!(forGood && autoShutdown === 'any_significant'));
      if (!alive()) return;
      end(1, how);
      // one_for_all and rest_for_one: a crash of nobody else's doing restarts no temporary sibling, so the ends add up.
      expect(alive()).toBe(!forGood);
    },
  );

  test('that the supervisor stops itself do not count', async () => {
    for (const autoShutdown of ['any_significant', 'all_significant'] as const) {
      const { kit, top, alive } = tree(autoShutdown, 'one_for_one', [{ significant: true }]);
      await terminateChild(top, 'c0');
      kit.run();
      expect(alive()).toBe(true);
    }
  });

  test('that a group restart stops do not count', () => {
    const { kit, pid, alive } = tree('any_significant', 'one_for_all', [
      { restart: 'temporary', significant: true },
      { restart: 'permanent' },
    ]);
    kit.system.exit(pid(1), 'kill');
    kit.run();
    expect(alive()).toBe(true);
  });

  test('end the supervisor with shutdown, and its other children first', () => {
    const log: string[] = [];
    const { kit, top, end } = tree('any_significant', 'one_for_one', [
      { significant: true },
      { restart: 'permanent', arg: { log, trap: true } },
    ]);
    const reasons: unknown[] = [];
    kit.system.monitor(top, ({ reason }) => reasons.push(reason));
    end(0, 'normal');
    expect(reasons).toEqual(['shutdown']);
    expect(log).toEqual(['init', 'terminate shutdown']);
  });

  test('of a dynamic supervisor: any, and all', () => {
    for (const autoShutdown of ['any_significant', 'all_significant'] as const) {
      const kit = createTestSystem();
      const template: ChildSpec = { id: 'c', behaviour: recorder, restart: 'temporary', significant: true };
      const top = kit.system.spawn(
        supervisor({ strategy: 'simple_one_for_one', autoShutdown, children: [template] }),
        undefined,
      );
      const [one, two] = [0, 1].map(() => startChild<Act>(top, { log: [] })) as [Pid<Act>, Pid<Act>];
      kit.system.send(one, (self) => self.stop('normal'));
      kit.run();
      expect(kit.system.isAlive(top)).toBe(autoShutdown === 'all_significant');
      kit.system.send(two, (self) => self.stop('odd'));
      kit.run();
      expect(kit.system.isAlive(top)).toBe(false);
    }
  });

  test('are refused where they cannot be, at the start and later', () => {
    const child: ChildSpec = { id: 'a', behaviour: recorder, restart: 'transient', significant: true };
    const one = { strategy: 'one_for_one' } as const;
    expect(() => supervisor({ ...one, children: [child] })).toThrow('autoShutdown');
    expect(() =>
      supervisor({ ...one, autoShutdown: 'any_significant', children: [{ ...child, restart: 'permanent' }] }),
    ).toThrow('permanent');
    expect(() => supervisor({ ...one, autoShutdown: 'some' as never, children: [] })).toThrow('some');
    expect(() => supervisor({ ...one, children: [{ ...child, significant: 1 as never }] })).toThrow('significant');
    const { top } = tree('never', 'one_for_one', []);
    expect(() => startChild(top, child)).toThrow('autoShutdown');
  });
});

describe('a restart that keeps failing', () => {
  const crash: Act = () => {
    throw new Error('crash');
  };

  /** A child that crashes, or cannot start, while `broken`; jitter is off unless given. */
  function failing(spec: object, chance = 0, strategy: Strategy = 'one_for_one') {
    const kit = createTestSystem({ random: () => chance });
    const state = { broken: false };
    const starts: number[] = [];
    const log: string[] = [];
    const child: ChildSpec = {
      id: 'a',
      behaviour: recorder,
      arg: {
        log: [],
        init: () => {
          starts.push(kit.now - 1_000_000);
          if (state.broken) throw new Error('no');
        },
      },
    };
    const top = kit.system.spawn(
      supervisor({
        strategy,
        intensity: 1_000,
        children: [child, { id: 'b', behaviour: recorder, arg: { log, trap: true } }],
        ...spec,
      }),
      undefined,
    );
    const pid = (): Pid<Act> => whichChildren(top)[0]?.pid as Pid<Act>;
    return { kit, state, starts, log, top, pid };
  }

  test('is tried at once, then after waits that double up to the longest', () => {
    const { kit, state, starts, pid } = failing({ backOff: { firstMs: 100, maxMs: 500 } });
    state.broken = true;
    kit.system.exit(pid(), 'kill');
    kit.advance(2_000);
    expect(starts).toEqual([0, 0, 100, 300, 700, 1_200, 1_700]);
    state.broken = false;
    kit.advance(200);
    expect(kit.system.isAlive(pid())).toBe(true);
  });

  test('waits a share less by chance', () => {
    const { kit, state, starts, pid } = failing({ backOff: { firstMs: 100, maxMs: 400, jitter: 0.5 } }, 0.5);
    state.broken = true;
    kit.system.exit(pid(), 'kill');
    kit.advance(600);
    expect(starts).toEqual([0, 0, 75, 225, 525]);
  });

  test('counts a child that ends soon after its start as failing, and one that ran longer than the period as well', () => {
    const { kit, starts, pid } = failing({ periodMs: 1_000, backOff: { firstMs: 100 } });
    for (let i = 0; i < 3; i += 1) {
      kit.system.send(pid(), crash);
      kit.advance(400);
    }
    expect(starts).toEqual([0, 0, 500, 1_000]);
    kit.advance(1_000);
    kit.system.send(pid(), crash);
    kit.advance(0);
    expect(starts.at(-1)).toBe(2_200);
  });

  test('shows as restarting while it waits, and can be called off', async () => {
    const { kit, state, top, starts, pid } = failing({ backOff: {} });
    state.broken = true;
    kit.system.exit(pid(), 'kill');
    kit.run();
    expect(whichChildren(top)[0]).toMatchObject({ pid: null, restarting: true });
    await terminateChild(top, 'a');
    kit.advance(100_000);
    expect(starts).toHaveLength(2);
    expect(whichChildren(top)[0]).toMatchObject({ pid: null, restarting: false });
  });

  test('keeps those down that go down with it', () => {
    const { kit, log, top, pid } = failing({ backOff: { firstMs: 100 } }, 0, 'rest_for_one');
    kit.system.send(pid(), crash);
    kit.run();
    kit.system.send(pid(), crash);
    kit.run();
    expect(whichChildren(top).map((child) => child.pid)).toEqual([null, null]);
    kit.advance(100);
    expect(log).toEqual(['init', 'terminate shutdown', 'init', 'terminate shutdown', 'init']);
    expect(countChildren(top).active).toBe(2);
  });

  test('still reaches the intensity', () => {
    const { kit, state, top, pid } = failing({ intensity: 3, backOff: { firstMs: 10 } });
    state.broken = true;
    kit.system.exit(pid(), 'kill');
    kit.advance(1_000);
    expect(kit.system.isAlive(top)).toBe(false);
  });

  test('of a supervisor that ends meanwhile comes to nothing', () => {
    const { kit, state, top, starts, pid } = failing({ backOff: {} });
    state.broken = true;
    kit.system.exit(pid(), 'kill');
    kit.run();
    kit.system.exit(top, 'shutdown');
    kit.advance(1_000);
    expect([starts.length, kit.system.actorCount, kit.system.nextTimerAt]).toEqual([2, 0, Infinity]);
  });

  test('of a dynamic supervisor waits each child for itself', () => {
    const kit = createTestSystem({ random: () => 0 });
    const top = kit.system.spawn(
      supervisor({
        strategy: 'simple_one_for_one',
        intensity: 100,
        intensityScope: 'child',
        backOff: { firstMs: 100, maxMs: 200 },
        children: [{ id: 'c', behaviour: recorder }],
      }),
      undefined,
    );
    const starts: number[] = [];
    startChild<Act>(top, {
      log: [],
      init: (self: { pid: Pid<Act> }) => {
        starts.push(kit.now - 1_000_000);
        kit.system.send(self.pid, crash);
      },
    });
    const calm = startChild<Act>(top, { log: [] });
    kit.advance(500);
    expect(starts).toEqual([0, 0, 100, 300, 500]);
    expect(countChildren(top)).toMatchObject({ specs: 2, active: 1 });
    expect(whichChildren(top)).toMatchObject([{ pid: calm }, { pid: null, restarting: true, behaviour: 'recorder' }]);
    kit.system.exit(calm, 'kill');
    kit.run();
    expect(countChildren(top)).toMatchObject({ specs: 2, active: 1 });
  });

  test.each([
    [{ firstMs: 0 }, 'firstMs'],
    [{ firstMs: 10, maxMs: 5 }, 'maxMs'],
    [{ jitter: 2 }, 'jitter'],
    [{ factor: 2 }, 'factor'],
    [null, 'object'],
  ])('with a back-off that is wrong is refused (%#)', (backOff, word) => {
    expect(() => supervisor({ strategy: 'one_for_one', children: [], backOff: backOff as never })).toThrow(word);
  });
});
