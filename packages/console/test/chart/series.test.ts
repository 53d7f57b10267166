import { expect, test } from '@jest/globals';
import { aloneIn, largest, valueAt } from '../../src/chart/series.js';
import type { Series } from '../../src/chart/series.js';
import { timeLabels, wholeSteps } from '../../src/chart/time-axis.js';

const series = (...values: (number | null)[]): Series => ({ key: 'k', label: 'l', color: '--in', values });

test('the largest value is of what is drawn', () => {
  expect(largest([series(9, 1, null, 3), series(0, 2, 4, null)], 1)).toBe(4);
  expect(largest([], 0)).toBe(0);
});

test('a value is known or it is not', () => {
  expect([valueAt(series(1, null), 0), valueAt(series(1, null), 1), valueAt(series(), 5)]).toEqual([1, null, null]);
});

test('values without others beside them are found', () => {
  expect(aloneIn([1, null, 2, 3, null, null, 4])).toEqual([0, 6]);
  expect([aloneIn([]), aloneIn([5]), aloneIn([null]), aloneIn([1, 2])]).toEqual([[], [0], [], []]);
});

test('marks a minute apart have no seconds, closer ones do', () => {
  const at = new Date(2026, 10, 21, 14, 3, 0).getTime() / 1_000;
  expect(timeLabels([at, at + 60])).toEqual(['14:03', '14:04']);
  expect(timeLabels([at, at + 15])).toEqual(['14:03:00', '14:03:15']);
});

test('there is no half message', () => {
  expect(wholeSteps.slice(0, 5)).toEqual([1, 2, 5, 10, 20]);
});
