import { expect, test } from '@jest/globals';
import type { CpuProfile, ProfileNode } from '../../src/profile/cpu-profile.js';
import { timeSplit } from '../../src/profile/handler-times.js';

const node = (id: number, functionName: string, url: string, children: number[] = []): ProfileNode => ({
  id,
  callFrame: { functionName, url, scriptId: '1', lineNumber: 1, columnNumber: 1 },
  children,
});

const moduleOf = (url: string): { behaviour: string; version: string } | undefined => {
  const [, behaviour, version] = /^\/bundles\/(\w+)@(.*)\.cjs$/.exec(url) ?? [];
  return behaviour === undefined ? undefined : { behaviour, version: version! };
};

/** A profile with one sample a millisecond, of these nodes in turn. */
function profileOf(nodes: ProfileNode[], samples: number[]): CpuProfile {
  const timeDeltas = samples.map(() => 1_000);
  return { nodes, samples, timeDeltas, startTime: 0, endTime: (samples.length + 1) * 1_000 };
}

const nodes = [
  node(1, '(root)', '', [2, 3, 4, 5]),
  node(2, '(idle)', ''),
  node(3, '(garbage collector)', ''),
  node(4, '(program)', ''),
  node(5, 'turn', 'file:///router/core.js', [6, 9]),
  node(6, 'handleMessage', '/bundles/bank@1.cjs', [7, 8]),
  node(7, 'parse', '/bundles/bank@1.cjs'),
  node(8, 'stringify', ''),
  node(9, 'handleMessage', '/bundles/bank@2.cjs', [10]),
  node(10, 'onSend', '/bundles/filter@1.cjs'),
];

test('what a handler calls is its own, each version for itself, and a module within another too', () => {
  const split = timeSplit(profileOf(nodes, [6, 7, 8, 9, 10, 10, 5, 2, 2, 3, 4]), moduleOf);
  expect(split).toEqual({
    handlers: [
      { behaviour: 'bank', version: '1', handler: 'handleMessage', ms: 3 },
      { behaviour: 'filter', version: '1', handler: 'onSend', ms: 2 },
      { behaviour: 'bank', version: '2', handler: 'handleMessage', ms: 1 },
    ],
    ...{ routerMs: 1, nativeMs: 1, collectorMs: 1, idleMs: 2 },
  });
});

test('a sample lasts until the next one, however long that takes: a held loop is counted whole', () => {
  const profile = { nodes, samples: [6, 2], timeDeltas: [1_000, 500_000], startTime: 0, endTime: 502_000 };
  expect(timeSplit(profile, moduleOf)).toMatchObject({ handlers: [{ behaviour: 'bank', ms: 500 }], idleMs: 1 });
});

test('a profile without samples is all zero', () => {
  expect(timeSplit(profileOf(nodes, []), moduleOf)).toMatchObject({ handlers: [], routerMs: 0, idleMs: 0 });
});
