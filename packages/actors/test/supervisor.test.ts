import { describe, expect, test } from '@jest/globals';
import {
  countChildren,
  deleteChild,
  restartChild,
  startChild,
  supervisor,
  terminateChild,
  whichChildren,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder } from './recorder.js';
import { child, codeOf, codeThrown, crash, never, tree } from './scripted-tree.js';

describe('a supervisor', () => {
  test('starts its children in order within spawn and stops them in reverse order', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const { top, ends } = tree(kit, { children: ['a', 'b', 'c'].map((id) => child(id, log, { trap: true })) });
    expect(log).toEqual(['a init', 'b init', 'c init']);
    log.length = 0;
    kit.system.exit(top, 'shutdown');
    expect(ends()).toEqual(['shutdown']);
    expect(log).toEqual(['c terminate shutdown', 'b terminate shutdown', 'a terminate shutdown']);
    expect(kit.crashes).toEqual([]);
  });

  test('waits for an async init before it starts the next child, without holding up others', async () => {
    const kit = createTestSystem();
    const log: string[] = [];
    let release = (): void => undefined;
    const { top } = tree(kit, {
      children: [child('a', log, { init: () => new Promise<void>((done) => (release = done)) }), child('b', log)],
    });
    await kit.settle();
    expect(log).toEqual(['a init']);
    expect(codeThrown(() => startChild(top, child('x', log)))).toBe('busy');
    release();
    await kit.settle();
    expect(log).toEqual(['a init', 'b init']);
  });

  test.each(['sync', 'async'])(
    'whose child fails at the first start (%s init) stops the ones before it and ends',
    async (kind) => {
      const kit = createTestSystem();
      const log: string[] = [];
      const fails =
        kind === 'sync'
          ? () => {
              throw new Error('no');
            }
          : () => Promise.reject(new Error('no'));
      const { ends } = tree(kit, {
        intensity: 9,
        children: [child('a', log, { trap: true }), child('b', log, { init: fails }), child('c', log)],
      });
      await kit.settle();
      expect(log).toEqual(['a init', 'b init', 'a terminate shutdown']);
      expect(ends()).toEqual([{ shutdown: { failedToStartChild: 'b', reason: { error: new Error('no') } } }]);
      expect(kit.reports.map(({ event, child: id }) => [event, id])).toEqual([['start_failed', 'b']]);
    },
  );

  test('restarts within the next slot of the same turn, with the same argument', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const { pid } = tree(kit, { children: [child('a', log)] });
    const before = pid('a');
    const { turns } = kit.system.counters;
    kit.system.send(before, crash);
    const bystander = kit.system.spawn(recorder, { log });
    kit.system.send(bystander, (_self, l) => void l.push(`bystander sees a alive: ${kit.system.isAlive(pid('a'))}`));
    kit.run();
    expect(kit.system.counters.turns).toBe(turns + 1);
    expect(log).toEqual(['a init', 'init', 'a terminate error:crash', 'a init', 'bystander sees a alive: true']);
    expect(pid('a')).not.toBe(before);
    expect(kit.reports.map(({ event }) => event)).toEqual(['restarted']);
  });

  test('hears of a child in front of whatever waits in anybody’s mailbox', () => {
    const kit = createTestSystem({ reductionsPerTurn: 100 });
    const log: string[] = [];
    const { pid } = tree(kit, { children: [child('a', log)] });
    const busy = kit.system.spawn(recorder, { log: [] });
    for (let i = 0; i < 10_000; i += 1) kit.system.send(busy, () => undefined);
    const before = pid('a');
    kit.system.exit(before, 'kill');
    kit.system.runTurn();
    expect(pid('a')).not.toBe(before);
    expect(kit.system.info(busy)?.depth).toBeGreaterThan(9_000);
  });

  test('ends with its children when there are more restarts than intensity within the period, and not when they are further apart', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const { pid, ends } = tree(kit, {
      intensity: 2,
      periodMs: 1_000,
      children: [child('a', log), child('b', log, { trap: true })],
    });
    for (let i = 0; i < 6; i += 1) {
      kit.system.send(pid('a'), crash);
      kit.advance(501);
    }
    expect(ends()).toEqual([]);
    for (let i = 0; i < 2; i += 1) {
      kit.system.send(pid('a'), crash);
      kit.run();
    }
    expect(ends()).toEqual(['shutdown']);
    expect(log).toContain('b terminate shutdown');
    expect(kit.reports.at(-1)?.event).toBe('intensity_reached');
  });

  test('with intensity 0 ends at the first crash', () => {
    const kit = createTestSystem();
    const { pid, ends } = tree(kit, { intensity: 0, children: [child('a', [])] });
    kit.system.send(pid('a'), crash);
    expect(ends()).toEqual(['shutdown']);
  });

  test('counts a restart that fails, tries again, and lets others have their slots meanwhile', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    let broken = 0;
    const { pid, ends } = tree(kit, {
      intensity: 5,
      children: [
        child('a', log, {
          init: () => {
            if (broken-- > 0) throw new Error('again');
          },
        }),
      ],
    });
    broken = 3;
    kit.system.send(pid('a'), crash);
    expect(ends()).toEqual([]);
    expect(log.filter((line) => line === 'a init')).toHaveLength(5);
    expect(kit.reports.map(({ event }) => event)).toEqual([
      'start_failed',
      'start_failed',
      'start_failed',
      'restarted',
    ]);
    broken = 100;
    kit.system.send(pid('a'), crash);
    expect(ends()).toEqual(['shutdown']);
  });

  test('kills a child that has not ended within its shutdown time', () => {
    const kit = createTestSystem();
    const { top, pid, ends } = tree(kit, {
      children: [child('slow', [], { trap: true, terminate: () => never }, { shutdown: 300 })],
    });
    const slow = pid('slow');
    kit.system.exit(top, 'shutdown');
    kit.advance(299);
    expect(kit.system.isAlive(slow)).toBe(true);
    kit.advance(1);
    expect(kit.system.isAlive(slow)).toBe(false);
    expect(ends()).toEqual(['shutdown']);
    expect(kit.reports.map(({ event }) => event)).toEqual(['killed']);
  });

  test('with brutal_kill does not let a child terminate', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const { top } = tree(kit, { children: [child('a', log, { trap: true }, { shutdown: 'brutal_kill' })] });
    kit.system.exit(top, 'shutdown');
    kit.run();
    expect(log).toEqual(['a init']);
    expect(kit.system.isAlive(top)).toBe(false);
  });

  test('with infinity waits as long as it takes, the actor’s own time limit apart', async () => {
    const kit = createTestSystem({ handlerTimeoutMs: 1_000_000 });
    let release = (): void => undefined;
    const { top, ends } = tree(kit, {
      children: [
        child(
          'a',
          [],
          { trap: true, terminate: () => new Promise((done) => (release = done)) },
          { shutdown: 'infinity' },
        ),
      ],
    });
    kit.system.exit(top, 'shutdown');
    await kit.advanceAsync(900_000);
    expect(ends()).toEqual([]);
    release();
    await kit.settle();
    expect(ends()).toEqual(['shutdown']);
  });

  test('that is killed takes its children along', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const { top, pid } = tree(kit, { children: [child('a', log), child('b', log, { trap: true })] });
    const children = [pid('a'), pid('b')];
    kit.system.exit(top, 'kill');
    kit.run();
    expect(children.map((one) => kit.system.isAlive(one))).toEqual([false, false]);
    expect(log).toContain('b terminate killed');
  });

  test('restarts a supervisor below it with all of its children', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const below = supervisor({ strategy: 'one_for_one', children: [child('x', log), child('y', log)] });
    const { pid } = tree(kit, {
      children: [{ id: 'below', behaviour: below, type: 'supervisor' }],
    });
    log.length = 0;
    kit.system.exit(pid('below'), 'kill');
    kit.run();
    expect(log).toEqual(['x init', 'y init']);
    expect(countChildren(pid('below'))).toEqual({ specs: 2, active: 2, supervisors: 0, workers: 2 });
  });

  test('starts, terminates, restarts and deletes children on request', async () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const { top, pid } = tree(kit, { children: [child('a', log)] });
    startChild(top, child('b', log));
    expect(codeThrown(() => startChild(top, child('b', log)))).toBe('already_present');
    expect(
      codeThrown(() =>
        startChild(
          top,
          child('bad', log, {
            init: () => {
              throw new Error('x');
            },
          }),
        ),
      ),
    ).toBe('start_failed');
    expect(whichChildren(top).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(codeThrown(() => deleteChild(top, 'b'))).toBe('running');
    expect(codeThrown(() => restartChild(top, 'b'))).toBe('running');
    await terminateChild(top, 'b');
    kit.run();
    expect(pid('b')).toBeNull();
    expect(countChildren(top)).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 });
    expect(kit.system.isAlive(restartChild(top, 'b'))).toBe(true);
    await terminateChild(top, 'b');
    deleteChild(top, 'b');
    expect(codeThrown(() => deleteChild(top, 'b'))).toBe('not_found');
    expect(await codeOf(terminateChild(top, 'b'))).toBe('not_found');
    kit.system.exit(top, 'shutdown');
    kit.run();
    expect(codeThrown(() => startChild(top, child('z', log)))).toBe('noproc');
    expect(codeThrown(() => startChild(kit.probe().pid, 1))).toBe('not_a_supervisor');
  });

  test('settles a terminateChild that waits when it is killed itself', async () => {
    const kit = createTestSystem();
    const { top } = tree(kit, { children: [child('a', [], { trap: true, terminate: () => never })] });
    const code = codeOf(terminateChild(top, 'a'));
    kit.system.exit(top, 'kill');
    expect(await code).toBe('noproc');
  });

  test('asks a behaviour that is a function at each start', () => {
    const kit = createTestSystem();
    let version = '1';
    const { top, pid } = tree(kit, {
      children: [{ ...child('a', []), behaviour: () => ({ ...recorder, version }) }],
    });
    version = '2';
    expect(whichChildren(top)[0]?.version).toBe('1');
    kit.system.exit(pid('a'), 'kill');
    kit.run();
    expect(whichChildren(top)[0]?.version).toBe('2');
  });

  test('asks it with the arg of the child, at a restart too', () => {
    const kit = createTestSystem();
    const asked: unknown[] = [];
    const behaviour = (arg: unknown) => {
      asked.push(arg);
      return recorder as never;
    };
    const top = kit.system.spawn(
      supervisor({ strategy: 'simple_one_for_one', children: [{ id: 'x', behaviour }] }),
      undefined,
    );
    const args = [{ log: [] }, { log: [] }];
    const [first] = args.map((arg) => startChild(top, arg));
    kit.system.exit(first!, 'kill');
    kit.run();
    expect(asked.slice(0, 3)).toEqual([args[0], args[1], args[0]]);
    expect(new Set(asked)).toEqual(new Set(args));
  });

  test('ignores exits of those that are not its children', () => {
    const kit = createTestSystem();
    const { top } = tree(kit, { children: [child('a', [])] });
    const stranger = kit.system.spawn(recorder, { log: [] });
    kit.system.send(stranger, (self) => {
      self.link(top);
      self.exit('oops');
    });
    kit.run();
    expect(kit.system.isAlive(top)).toBe(true);
  });

  test.each([
    [{ strategy: 'all_for_one' }, 'strategy'],
    [{ intensity: -1 }, 'intensity'],
    [{ periodMs: 0 }, 'periodMs'],
    [{ maxRestarts: 3 }, 'maxRestarts'],
    [{ intensityScope: 'child' }, 'intensityScope'],
    [{ strategy: 'simple_one_for_one', children: [] }, 'template'],
    [{ children: [child('a', []), child('a', [])] }, 'two children'],
    [{ children: [{ id: 'a', behaviour: recorder, restarts: 1 }] }, 'restarts'],
    [{ children: [{ id: 'a', behaviour: recorder, restart: 'always' }] }, 'always'],
    [{ children: [{ id: 'a', behaviour: recorder, shutdown: -1 }] }, 'shutdown'],
    [{ children: [{ id: 'a', behaviour: 7 }] }, 'behaviour'],
    [{ children: [{ behaviour: recorder }] }, 'id'],
  ])('refuses a spec that is wrong, naming what (%#)', (wrong, word) => {
    expect(() => supervisor({ strategy: 'one_for_one', children: [], ...wrong } as never)).toThrow(word);
  });
});
