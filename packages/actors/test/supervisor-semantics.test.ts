import { describe, test } from '@jest/globals';
import { dies, fails, failsAt, follows, never, type Row } from './supervisor-rule.js';

// Rules of OTP's supervisor in our words, a row each. Which ends restart which children is in supervisor-matrix.test.ts, significant children in supervisor-significant.test.ts, requests and dynamic
// supervisors in supervisor-requests-semantics.test.ts; what differs here stands in docs/actors.md and not in these tables.

const rows: Row[] = [
  // ---- start and stop ----
  {
    rule: 'children start in the order of their specs',
    fromStart: true,
    log: ['a init', 'b init', 'c init'],
    left: 'a b c',
  },
  {
    rule: 'they are stopped in reverse order',
    steps: [(tree) => tree.exits('shutdown')],
    log: ['c terminate shutdown', 'b terminate shutdown', 'a terminate shutdown'],
    end: 'shutdown',
  },
  {
    rule: 'when one fails at the start of the supervisor, those before it are stopped, those after it never start, and the supervisor ends',
    children: [['a', {}], ['b', { init: fails }], ['c']],
    fromStart: true,
    log: ['a init', 'b init', 'a terminate shutdown'],
    end: 'shutdown:{"failedToStartChild":"b","reason":{"error":{}}}',
  },
  {
    rule: 'a supervisor ends with the reason of its parent’s end, after its children',
    steps: [(tree) => tree.exits('odd')],
    log: ['c terminate shutdown', 'b terminate shutdown', 'a terminate shutdown'],
    end: 'odd',
  },
  {
    rule: 'a supervisor that is killed stops nobody; its children end by their links',
    steps: [(tree) => tree.kills(tree.top)],
    log: ['a terminate killed', 'b terminate killed', 'c terminate killed'],
    end: 'killed',
  },
  // ---- how a child is stopped ----
  {
    rule: 'a child that does not trap exits ends at once, without terminate',
    children: [['a', { trap: false }]],
    steps: [(tree) => tree.exits('shutdown')],
    log: [],
    end: 'shutdown',
  },
  {
    rule: 'a worker has 5,000 ms to end when its spec says nothing',
    children: [['a', { terminate: never }]],
    steps: [(tree) => tree.exits('shutdown'), 4_999],
    log: ['a terminate shutdown'],
    left: 'a',
  },
  {
    rule: 'then it is killed',
    children: [['a', { terminate: never }]],
    steps: [(tree) => tree.exits('shutdown'), 5_000],
    log: ['a terminate shutdown'],
    end: 'shutdown',
  },
  {
    rule: 'with a shutdown time it has that',
    children: [['a', { terminate: never }, { shutdown: 20 }]],
    steps: [(tree) => tree.exits('shutdown'), 20],
    log: ['a terminate shutdown'],
    end: 'shutdown',
  },
  {
    rule: 'with brutal_kill it is killed without being asked',
    children: [['a', {}, { shutdown: 'brutal_kill' }]],
    steps: [(tree) => tree.exits('shutdown')],
    log: [],
    end: 'shutdown',
  },
  {
    rule: 'with infinity it has all the time it takes',
    children: [['a', { terminate: never }, { shutdown: 'infinity' }]],
    steps: [(tree) => tree.exits('shutdown'), 29_000],
    log: ['a terminate shutdown'],
    left: 'a',
  },
  {
    rule: 'so has a child that is a supervisor, when its spec says nothing',
    children: [['a', { terminate: never }, { type: 'supervisor' }]],
    steps: [(tree) => tree.exits('shutdown'), 29_000],
    log: ['a terminate shutdown'],
    left: 'a',
  },
  {
    rule: 'the next one is told when the one before has ended',
    children: [['a'], ['b', { terminate: never }, { shutdown: 20 }]],
    steps: [(tree) => tree.exits('shutdown'), 19, (tree) => tree.log.push('19 ms'), 1],
    log: ['b terminate shutdown', '19 ms', 'a terminate shutdown'],
    end: 'shutdown',
  },
  // ---- strategies ----
  {
    rule: 'one_for_one starts the one again that ended',
    steps: [dies],
    log: ['a terminate oops', 'a init'],
    left: 'a b c',
  },
  {
    rule: 'one_for_all stops the others in reverse order and starts all in order',
    spec: { strategy: 'one_for_all' },
    steps: [(tree) => tree.ends('b', 'oops')],
    log: ['b terminate oops', 'c terminate shutdown', 'a terminate shutdown', 'a init', 'b init', 'c init'],
    left: 'a b c',
  },
  {
    rule: 'rest_for_one does so with those that come after it',
    spec: { strategy: 'rest_for_one' },
    steps: [(tree) => tree.ends('b', 'oops')],
    log: ['b terminate oops', 'c terminate shutdown', 'b init', 'c init'],
    left: 'a b c',
  },
  {
    rule: 'a restart of a group starts those too that had ended before',
    spec: { strategy: 'one_for_all' },
    children: [['a'], ['b', {}, { restart: 'transient' }]],
    steps: [(tree) => tree.ends('b', 'normal'), dies],
    log: ['b terminate normal', 'a terminate oops', 'a init', 'b init'],
    left: 'a b',
  },
  {
    rule: 'a temporary child that is stopped with its group is not started with it',
    spec: { strategy: 'one_for_all' },
    children: [['a'], ['b', {}, { restart: 'temporary' }]],
    steps: [dies],
    log: ['a terminate oops', 'b terminate shutdown', 'a init'],
    left: 'a',
  },
  {
    rule: 'a temporary child stops nobody with it',
    spec: { strategy: 'one_for_all' },
    children: [['a', {}, { restart: 'temporary' }], ['b']],
    steps: [dies],
    log: ['a terminate oops'],
    left: 'b',
  },
  {
    rule: 'nor does a transient one that ends as planned',
    spec: { strategy: 'one_for_all' },
    children: [['a', {}, { restart: 'transient' }], ['b']],
    steps: [(tree) => tree.ends('a', { shutdown: 'done' })],
    log: ['a terminate shutdown:"done"'],
    left: 'a- b',
  },
  // ---- intensity ----
  { rule: 'one restart in 5,000 ms is allowed when nothing is said', steps: [dies, 5_001, dies], left: 'a b c' },
  { rule: 'a second one ends the supervisor with shutdown', steps: [dies, 4_999, dies], end: 'shutdown' },
  { rule: 'with intensity 0 the first does', spec: { intensity: 0 }, steps: [dies], end: 'shutdown' },
  {
    rule: 'the supervisor stops its other children first',
    spec: { intensity: 0 },
    steps: [dies],
    log: ['a terminate oops', 'c terminate shutdown', 'b terminate shutdown'],
    end: 'shutdown',
  },
  {
    rule: 'the restarts of all children count together',
    spec: { intensity: 2 },
    steps: [dies, (tree) => tree.ends('b', 'oops'), (tree) => tree.ends('c', 'oops')],
    end: 'shutdown',
  },
  {
    rule: 'the restart of a group counts once',
    spec: { strategy: 'one_for_all', intensity: 2 },
    steps: [dies, (tree) => tree.ends('c', 'oops')],
    left: 'a b c',
  },
  {
    rule: 'an end without a restart does not count',
    spec: { intensity: 0 },
    children: [['a', {}, { restart: 'temporary' }], ['b', {}, { restart: 'transient' }], ['c']],
    steps: [dies, (tree) => tree.ends('b', 'shutdown')],
    left: 'b- c',
  },
  {
    rule: 'a restart that fails is tried again, and each try counts',
    spec: { intensity: 3 },
    children: [['a', failsAt(2, 3)], ['b']],
    steps: [dies],
    log: ['a terminate oops', 'a init', 'a init', 'a init'],
    left: 'a b',
  },
  {
    rule: 'until the intensity is reached',
    spec: { intensity: 2 },
    children: [['a', failsAt(2, 3, 4)], ['b']],
    steps: [dies],
    log: ['a terminate oops', 'a init', 'a init', 'b terminate shutdown'],
    end: 'shutdown',
  },
  {
    rule: 'a child that fails within the restart of its group takes the group down once more',
    spec: { strategy: 'one_for_all', intensity: 2 },
    children: [['a'], ['b', failsAt(2)], ['c']],
    steps: [dies],
    log: [
      'a terminate oops',
      'c terminate shutdown',
      'b terminate shutdown',
      'a init',
      'b init',
      'a terminate shutdown',
      'a init',
      'b init',
      'c init',
    ],
    left: 'a b c',
  },
];

describe('starts, stops and restarts (supervisor, stdlib reference manual)', () => {
  test.each(rows)('$rule', follows);
});
