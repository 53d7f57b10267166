import { beforeEach, expect, test } from '@jest/globals';
import type { SecondsAnswer } from '../../src/port/answers.js';
import { SecondsKept } from '../../src/port/seconds.js';

let kept: SecondsKept;
beforeEach(() => {
  kept = new SecondsKept();
});

/** Seconds from..to, each with a depth that is its number. */
function answer(from: number, to: number, run = 'one', atFrom = from): SecondsAnswer {
  const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  return {
    ...{ run, last: to },
    at: numbers.map((n) => (n - from + atFrom) * 1_000),
    columns: { depth: numbers },
  };
}

test('seconds come on top of those that are known', () => {
  expect(kept.after).toBe(0);
  kept.add(answer(1, 3));
  expect(kept.after).toBe(3);
  kept.add(answer(4, 5));
  kept.add(answer(6, 5)); // nothing new
  expect([kept.at, kept.column('depth'), kept.latest('depth')]).toEqual([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 5]);
  expect(kept.column('another')).toEqual([null, null, null, null, null]);
});

test('where the node was away no line is drawn across', () => {
  kept.add(answer(1, 2));
  kept.add(answer(30, 31));
  expect([kept.at, kept.column('depth')]).toEqual([
    [1, 2, 3, 30, 31],
    [1, 2, null, 30, 31],
  ]);
});

test('another life of the node is asked for all that it has, and what was known stays', () => {
  kept.add(answer(1, 5));
  expect(kept.add(answer(3, 2, 'two'))).toBe(false);
  expect(kept.after).toBe(0);
  expect(kept.add(answer(1, 2, 'two', 20))).toBe(true);
  expect([kept.at, kept.column('depth'), kept.after]).toEqual([
    [1, 2, 3, 4, 5, 6, 20, 21],
    [1, 2, 3, 4, 5, null, 1, 2],
    2,
  ]);
});

test('a column that comes later has nothing to say of before', () => {
  kept.add({ ...answer(1, 2), columns: { depth: [1, 2] } });
  kept.add({ ...answer(3, 3), columns: { depth: [3], rate: [7] } });
  expect(kept.column('rate')).toEqual([null, null, 7]);
});

test('a clock that is set back shows no second twice, and ten minutes are kept', () => {
  kept.add(answer(1, 650));
  expect([kept.at.length, kept.at[0], kept.column('depth')[0]]).toEqual([600, 51, 51]);
  kept.add({ run: 'one', last: 651, at: [640_000], columns: { depth: [1] } });
  expect([kept.at.length, kept.at.at(-1)]).toEqual([600, 650]);
});

test('a value is the latest only for ten seconds', () => {
  kept.add({ run: 'one', last: 1, at: [1_000], columns: { p99: [0.5] } });
  kept.add({ run: 'one', last: 4, at: [2_000, 3_000, 4_000], columns: { p99: [null, null, null] } });
  expect(kept.latest('p99')).toBe(0.5);
  const numbers = Array.from({ length: 10 }, (_, i) => i + 5);
  kept.add({ run: 'one', last: 14, at: numbers.map((n) => n * 1_000), columns: { p99: numbers.map(() => null) } });
  expect(kept.latest('p99')).toBeNull();
});
