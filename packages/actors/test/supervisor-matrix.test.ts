import { describe, expect, test } from '@jest/globals';
import { startChild, supervisor, whichChildren, type ChildSpec, type Pid, type Strategy } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';

const types = ['permanent', 'transient', 'temporary'] as const;
/** How the child in the middle of three ends, and whether that is a crash in a transient child's eyes. */
const ends: { how: string; act?: Act; kill?: true; planned: boolean }[] = [
  { how: 'normal', act: (self) => self.stop('normal'), planned: true },
  { how: 'shutdown', act: (self) => self.stop('shutdown'), planned: true },
  { how: '{ shutdown }', act: (self) => self.stop({ shutdown: 'why' }), planned: true },
  {
    how: 'a throw',
    act: () => {
      throw new Error('x');
    },
    planned: false,
  },
  { how: 'another reason', act: (self) => self.exit('odd'), planned: false },
  { how: 'kill', kill: true, planned: false },
];
const strategies: Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one'];

/** OTP's matrix: is it restarted? */
function restarts(type: (typeof types)[number], planned: boolean): boolean {
  return type === 'permanent' || (type === 'transient' && !planned);
}

const cells = strategies.flatMap((strategy) =>
  types.flatMap((type) =>
    ends.map((end) => ({ strategy, type, end, how: end.how, restarted: restarts(type, end.planned) })),
  ),
);

describe('the restart matrix: of a, b, c, the child b ends', () => {
  test.each(cells)('$strategy, $type, $how: restarted $restarted', ({ strategy, type, end, restarted }) => {
    const kit = createTestSystem();
    const log: string[] = [];
    const child = (id: string): ChildSpec => ({
      id,
      behaviour: recorder,
      arg: { log, name: `${id} `, trap: true },
      restart: id === 'b' ? type : 'permanent',
    });
    const top = kit.system.spawn(
      supervisor({ strategy, intensity: 5, children: ['a', 'b', 'c'].map(child) }),
      undefined,
    );
    const before = new Map(whichChildren(top).map(({ id, pid }) => [id, pid]));
    expect(log).toEqual(['a init', 'b init', 'c init']);
    log.length = 0;
    const b = before.get('b') as Pid<Act>;
    if (end.act) kit.system.send(b, end.act);
    if (end.kill) kit.system.exit(b, 'kill');
    kit.run();

    const group = !restarted
      ? []
      : strategy === 'one_for_one'
        ? ['b']
        : strategy === 'one_for_all'
          ? ['a', 'b', 'c']
          : ['b', 'c'];
    const after = new Map(whichChildren(top).map(({ id, pid }) => [id, pid]));
    const replaced = [...after].filter(([id, pid]) => pid !== null && pid !== before.get(id)).map(([id]) => id);
    expect(replaced).toEqual(group);
    expect([...after].filter(([, pid]) => pid !== null).map(([id]) => id)).toEqual(
      restarted ? ['a', 'b', 'c'] : ['a', 'c'],
    );
    // A temporary child is forgotten, a transient one that ended as planned is kept, stopped.
    expect(after.has('b')).toBe(type !== 'temporary');
    // The others are stopped in reverse order, then all are started in order.
    const others = [...group].filter((id) => id !== 'b').reverse();
    expect(log.filter((line) => /^[ac] /.test(line) || line.endsWith('init'))).toEqual([
      ...others.map((id) => `${id} terminate shutdown`),
      ...group.map((id) => `${id} init`),
    ]);
  });

  const dynamicCells = types.flatMap((type) =>
    ends.map((end) => ({ type, end, how: end.how, restarted: restarts(type, end.planned) })),
  );
  test.each(dynamicCells)('simple_one_for_one, $type, $how: restarted $restarted', ({ type, end, restarted }) => {
    const kit = createTestSystem();
    const logs: string[][] = [[], [], []];
    const top = kit.system.spawn(
      supervisor({
        strategy: 'simple_one_for_one',
        intensity: 5,
        children: [{ id: 'child', behaviour: recorder, restart: type }],
      }),
      undefined,
    );
    const pids = logs.map((log) => startChild<Act>(top, { log }));
    if (end.act) kit.system.send(pids[1] as Pid<Act>, end.act);
    if (end.kill) kit.system.exit(pids[1] as Pid, 'kill');
    kit.run();
    expect(logs.map((log) => log.filter((line) => line === 'init').length)).toEqual([1, restarted ? 2 : 1, 1]);
    expect(whichChildren(top)).toHaveLength(restarted ? 3 : 2);
  });

  test('a temporary sibling that a group restart stops is not started again', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const child = (id: string, restart: ChildSpec['restart'] & string): ChildSpec => ({
      id,
      behaviour: recorder,
      arg: { log, name: `${id} ` },
      restart,
    });
    const top = kit.system.spawn(
      supervisor({
        strategy: 'one_for_all',
        intensity: 5,
        children: [child('a', 'permanent'), child('t', 'temporary')],
      }),
      undefined,
    );
    kit.system.exit(whichChildren(top)[0]?.pid as Pid, 'kill');
    kit.run();
    expect(whichChildren(top).map(({ id }) => id)).toEqual(['a']);
  });
});
