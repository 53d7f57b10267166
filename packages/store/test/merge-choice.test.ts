import { expect, test } from '@jest/globals';
import { MOST_RUNS, chooseMerge } from '../src/merge-choice.js';

test('runs of like size are merged once there are enough of them', () => {
  expect(chooseMerge([5, 5, 5], 4)).toBeUndefined();
  expect(chooseMerge([5, 5, 5, 5], 4)).toEqual({ from: 0, to: 4 });
});

test('a large run waits until its neighbours have come to its size', () => {
  expect(chooseMerge([1_000, 5, 5, 5], 4)).toBeUndefined();
  expect(chooseMerge([1_000, 5, 5, 5, 5], 4)).toEqual({ from: 1, to: 5 });
  expect(chooseMerge([1_000, 400, 300, 300], 4)).toEqual({ from: 0, to: 4 });
});

test('the cheapest stretch goes first', () => {
  expect(chooseMerge([50, 50, 50, 50, 3, 3, 3, 3], 4)).toEqual({ from: 4, to: 8 });
});

test('too many runs are merged whatever their sizes', () => {
  const sizes = Array.from({ length: MOST_RUNS + 1 }, (_, i) => 10 ** Math.min(15, MOST_RUNS - i));
  expect(chooseMerge(sizes, 4)).toBeDefined();
});

test('a message is rewritten about as often as the tiers say', () => {
  let sizes: number[] = [];
  let rewritten = 0;
  for (let i = 0; i < 512; i++) {
    sizes.push(1);
    for (let choice = chooseMerge(sizes, 8); choice !== undefined; choice = chooseMerge(sizes, 8)) {
      const merged = sizes.slice(choice.from, choice.to).reduce((sum, size) => sum + size, 0);
      rewritten += merged;
      sizes = sizes.toSpliced(choice.from, choice.to - choice.from, merged);
    }
  }
  expect(rewritten / 512).toBeLessThanOrEqual(4);
  expect(sizes.length).toBeLessThanOrEqual(24);
});
