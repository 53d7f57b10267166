import type { SupervisionTree, TreeActor } from '@mailbeam/router';
import { expect, test } from '@jest/globals';
import { displayWidth } from '../../src/chat/display-width.js';
import { treeLines } from '../../src/inspect/tree-text.js';
import { RecordedOutput } from '../code/recorded-output.js';

const child = (id: number | null, more: Partial<TreeActor>): TreeActor => ({
  id,
  name: null,
  behaviour: 'session',
  version: '1.0.0',
  status: 'waiting',
  depth: 0,
  restarts: 0,
  ...more,
});

const tree: SupervisionTree = {
  actors: 12_345,
  outside: 2,
  supervisors: [
    {
      ...child(1, { name: 'sessions', behaviour: 'supervisor', version: '1' }),
      strategy: 'simple_one_for_one',
      intensity: 30,
      periodMs: 10_000,
      restarted: 7,
      active: 12_339,
      groups: [
        { behaviour: 'session', version: '1.0.0', actors: 12_000, depth: 900, restarts: 0 },
        { behaviour: 'session', version: '1.1.0', actors: 339, depth: 1, restarts: 7 },
      ],
      children: [
        child(905, { user: 'a-name-that-is-much-longer-than-a-terminal-can-bear-in-one-column', depth: 1_203 }),
        child(9_000_123, { user: 'Ünïcode\u001b[31m', status: 'awaiting', depth: 1, restarts: 1 }),
      ],
      folded: 12_337,
    },
    {
      ...child(2, { name: 'services', behaviour: 'supervisor', version: '1' }),
      strategy: 'one_for_all',
      intensity: Number.MAX_SAFE_INTEGER,
      periodMs: 10_000,
      restarted: 0,
      active: 1,
      groups: [],
      children: [
        child(null, { service: '$ledger', behaviour: 'ledger', version: '3.2.1', status: 'restarting', restarts: 4 }),
      ],
      folded: 0,
    },
  ],
};

test('the tree is drawn within 80 columns, with many children as counts and the deepest', () => {
  const lines = treeLines(tree, new RecordedOutput());
  expect(lines).toEqual([
    '12,345 actors, 2 of them without a supervisor',
    '├─ <1> sessions  simple_one_for_one, at most 30 restarts in 10 s',
    '│  │  12,339 children, 7 restarts',
    '│  │  session 1.0.0          12,000 actors, 900 messages',
    '│  │  session 1.1.0          339 actors, 1 message, 7 restarts',
    '│  ├─ <905> a-name-that-is-much…  session 1.0.0  waiting  1,203 messages',
    '│  ├─ <9000123> Ünïcode\ufffd[31m      session 1.0.0  awaiting  1 message, 1 restart',
    '│  └─ 12,337 more, none of them deeper',
    '└─ <2> services  one_for_all, restarts without end',
    '   │  1 child',
    '   └─ <-> $ledger  ledger 3.2.1  restarting, 4 restarts',
  ]);
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
});
