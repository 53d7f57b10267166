import { describe, expect, test } from '@jest/globals';
import {
  countChildren,
  deleteChild,
  restartChild,
  startChild,
  supervisor,
  terminateChild,
  whichChildren,
  type Pid,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder } from './recorder.js';
import { dies, dynamic, fails, failsAt, failsWhenTold, follows, never, starts, type Row } from './supervisor-rule.js';

// What can be asked of OTP's supervisor, in our words, a row each. What differs here stands in docs/actors.md and not in this table.

const slow = failsWhenTold(2);

const rows: Row[] = [
  // ---- requests ----
  {
    rule: 'a child that is added is the last to start and the first to stop',
    children: [['a']],
    steps: [(tree) => startChild(tree.top, tree.spec('z')), (tree) => tree.exits('shutdown')],
    log: ['z init', 'z terminate shutdown', 'a terminate shutdown'],
    end: 'shutdown',
  },
  {
    rule: 'a child whose id is taken is not added',
    children: [['a']],
    steps: [(tree) => tree.asks('added', () => startChild(tree.top, tree.spec('a')))],
    log: ['already_present'],
    left: 'a',
  },
  {
    rule: 'not even if that one is stopped',
    children: [['a', {}, { restart: 'transient' }]],
    steps: [
      (tree) => tree.ends('a', 'normal'),
      (tree) => tree.asks('added', () => startChild(tree.top, tree.spec('a'))),
    ],
    log: ['a terminate normal', 'already_present'],
    left: 'a-',
  },
  {
    rule: 'a child that cannot start is not added, and harms nobody',
    children: [['a']],
    steps: [(tree) => tree.asks('added', () => startChild(tree.top, tree.spec('z', { init: fails })))],
    log: ['z init', 'start_failed'],
    left: 'a',
  },
  {
    rule: 'added children are restarted like the others',
    children: [],
    steps: [(tree) => startChild(tree.top, tree.spec('z')), (tree) => tree.ends('z', 'oops')],
    log: ['z init', 'z terminate oops', 'z init'],
    left: 'z',
  },
  {
    rule: 'a child that was terminated is not restarted, and its spec is kept',
    children: [['a'], ['b']],
    steps: [(tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a'))],
    log: ['a terminate shutdown', 'terminated'],
    left: 'a- b',
  },
  {
    rule: 'who terminates a child hears when it has ended',
    children: [['a', { terminate: never }, { shutdown: 20 }]],
    steps: [
      (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a')),
      19,
      (tree) => tree.log.push('19 ms'),
      1,
    ],
    log: ['a terminate shutdown', '19 ms', 'terminated'],
    left: 'a-',
  },
  {
    rule: 'it takes nobody along, whatever the strategy',
    spec: { strategy: 'one_for_all' },
    steps: [(tree) => tree.asks('terminated', () => terminateChild(tree.top, 'b'))],
    log: ['b terminate shutdown', 'terminated'],
    left: 'a b- c',
  },
  {
    rule: 'terminating one that is stopped is nothing',
    children: [['a', {}, { restart: 'transient' }]],
    steps: [(tree) => tree.ends('a', 'normal'), (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a'))],
    log: ['a terminate normal', 'terminated'],
    left: 'a-',
  },
  {
    rule: 'a temporary child that was terminated is forgotten',
    children: [['a', {}, { restart: 'temporary' }], ['b']],
    steps: [(tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a'))],
    log: ['a terminate shutdown', 'terminated'],
    left: 'b',
  },
  {
    rule: 'a stopped child can be restarted, with its spec',
    children: [['a']],
    steps: [
      (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a')),
      (tree) => tree.asks('restarted', () => restartChild(tree.top, 'a')),
    ],
    log: ['a terminate shutdown', 'terminated', 'a init', 'restarted'],
    left: 'a',
  },
  {
    rule: 'such a restart does not count for the intensity',
    spec: { intensity: 0 },
    children: [['a', {}, { restart: 'transient' }]],
    steps: [(tree) => tree.ends('a', 'normal'), (tree) => tree.asks('restarted', () => restartChild(tree.top, 'a'))],
    left: 'a',
  },
  {
    rule: 'one that cannot start stays stopped',
    children: [['a', failsAt(2)]],
    steps: [
      (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a')),
      (tree) => tree.asks('restarted', () => restartChild(tree.top, 'a')),
    ],
    log: ['a terminate shutdown', 'terminated', 'a init', 'start_failed'],
    left: 'a-',
  },
  {
    rule: 'siblings whose restart waited for a child that is terminated instead come up without it',
    spec: { strategy: 'one_for_all', intensity: 9, backOff: { firstMs: 50, jitter: 0 } },
    children: [['a', failsAt(2, 3)], ['b'], ['c', {}, { restart: 'temporary' }]],
    steps: [
      (tree) => tree.ends('b', 'oops'),
      (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a')),
      50,
    ],
    log: [
      'b terminate oops',
      'c terminate shutdown',
      'a terminate shutdown',
      'a init',
      'a init',
      'b init',
      'terminated',
    ],
    left: 'a- b',
  },
  {
    rule: 'also where they were stopped because it waits',
    spec: { strategy: 'rest_for_one', intensity: 9, backOff: { firstMs: 50, jitter: 0 } },
    steps: [
      (tree) => tree.ends('a', 'oops'),
      (tree) => tree.ends('a', 'oops'),
      (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a')),
      50,
    ],
    left: 'a- b c',
  },
  {
    rule: 'a child that is terminated while it starts again stays down, even if the start fails',
    children: [['a', slow.arg]],
    steps: [dies, (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'a')), () => slow.fail()],
    log: ['a terminate oops', 'a init', 'terminated'],
    left: 'a-',
  },
  {
    rule: 'a child that runs cannot be restarted',
    children: [['a']],
    steps: [(tree) => tree.asks('restarted', () => restartChild(tree.top, 'a'))],
    log: ['running'],
    left: 'a',
  },
  {
    rule: 'nor deleted',
    children: [['a']],
    steps: [(tree) => tree.asks('deleted', () => deleteChild(tree.top, 'a'))],
    log: ['running'],
    left: 'a',
  },
  {
    rule: 'a stopped child can be deleted; its id is free then',
    children: [['a', {}, { restart: 'transient' }]],
    steps: [
      (tree) => tree.ends('a', 'normal'),
      (tree) => tree.asks('deleted', () => deleteChild(tree.top, 'a')),
      (tree) => tree.asks('added', () => startChild(tree.top, tree.spec('a'))),
    ],
    log: ['a terminate normal', 'deleted', 'a init', 'added'],
    left: 'a',
  },
  {
    rule: 'nor one that is down to come up with its group: the supervisor is busy',
    spec: { strategy: 'one_for_all' },
    children: [['a'], ['b', { terminate: never }, { shutdown: 20 }], ['c']],
    steps: [
      (tree) => tree.ends('a', 'oops'),
      (tree) => tree.asks('deleted', () => deleteChild(tree.top, 'c')),
      (tree) => tree.asks('restarted', () => restartChild(tree.top, 'c')),
      20,
    ],
    log: [
      'a terminate oops',
      'c terminate shutdown',
      'b terminate shutdown',
      'busy',
      'busy',
      'a init',
      'b init',
      'c init',
    ],
    left: 'a b c',
  },
  {
    rule: 'nor one by its own init',
    children: [],
    steps: [
      (tree) =>
        void startChild(
          tree.top,
          tree.spec('z', { init: () => tree.asks('deleted', () => deleteChild(tree.top, 'z')) }),
        ),
    ],
    log: ['z init', 'running'],
    left: 'z',
  },
  {
    rule: 'a child that is not there cannot be terminated, restarted or deleted',
    children: [['a']],
    steps: [
      (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'z')),
      (tree) => tree.asks('restarted', () => restartChild(tree.top, 'z')),
      (tree) => tree.asks('deleted', () => deleteChild(tree.top, 'z')),
    ],
    log: ['not_found', 'not_found', 'not_found'],
  },
  {
    rule: 'children are counted by specs, by those alive and by their type, whether alive or not',
    children: [['a', {}, { type: 'supervisor' }], ['b', {}, { restart: 'transient' }], ['c']],
    steps: [(tree) => tree.ends('b', 'normal'), (tree) => tree.log.push(JSON.stringify(countChildren(tree.top)))],
    log: ['b terminate normal', '{"specs":3,"active":2,"supervisors":1,"workers":2}'],
    left: 'a b- c',
  },
  // ---- simple_one_for_one ----
  { rule: 'simple_one_for_one starts nobody by itself', ...dynamic, fromStart: true, log: [], left: '' },
  {
    rule: 'its children are of one template, each with an argument of its own',
    ...dynamic,
    steps: [starts('p'), starts('q')],
    log: ['p init', 'started p', 'q init', 'started q'],
    left: 'x x',
  },
  {
    rule: 'a child is restarted with the argument of its start',
    ...dynamic,
    steps: [starts('p'), (tree) => tree.kills(tree.pid('p'))],
    log: ['p init', 'started p', 'p init'],
    left: 'x',
  },
  {
    rule: 'one that ends and is not restarted is forgotten',
    spec: { strategy: 'simple_one_for_one' },
    children: [['x', {}, { restart: 'transient' }]],
    steps: [starts('p'), starts('q'), (tree) => tree.ends('p', 'normal')],
    log: ['p init', 'started p', 'q init', 'started q', 'p terminate normal'],
    left: 'x',
  },
  {
    rule: 'a child is terminated by its pid, and forgotten',
    ...dynamic,
    steps: [starts('p'), (tree) => tree.asks('terminated', () => terminateChild(tree.top, tree.pid('p')))],
    log: ['p init', 'started p', 'p terminate shutdown', 'terminated'],
    left: '',
  },
  {
    rule: 'not by the id of the template, which cannot be restarted or deleted either',
    ...dynamic,
    steps: [
      (tree) => tree.asks('terminated', () => terminateChild(tree.top, 'x')),
      (tree) => tree.asks('restarted', () => restartChild(tree.top, 'x')),
      (tree) => tree.asks('deleted', () => deleteChild(tree.top, 'x')),
    ],
    log: ['not_found', 'not_found', 'not_found'],
    left: '',
  },
  {
    rule: 'its children are told to end all at once, not one after the other',
    spec: { strategy: 'simple_one_for_one' },
    children: [['x', {}, { shutdown: 20 }]],
    steps: [starts('p', { terminate: never }), starts('q', { terminate: never }), (tree) => tree.exits('shutdown'), 20],
    log: ['p init', 'started p', 'q init', 'started q', 'p terminate shutdown', 'q terminate shutdown'],
    end: 'shutdown',
  },
];

describe('requests and dynamic children (supervisor, stdlib reference manual)', () => {
  test.each(rows)('$rule', follows);

  test('an added child is lost when the supervisor itself is restarted', () => {
    const kit = createTestSystem();
    const below = supervisor({ strategy: 'one_for_one', children: [] });
    const top = kit.system.spawn(
      supervisor({ strategy: 'one_for_one', children: [{ id: 'below', behaviour: below, type: 'supervisor' }] }),
      undefined,
    );
    const pid = (): Pid => whichChildren(top)[0]?.pid as Pid;
    startChild(pid(), { id: 'x', behaviour: recorder, arg: { log: [] } });
    kit.system.exit(pid(), 'kill');
    kit.run();
    expect(whichChildren(pid())).toEqual([]);
  });
});
