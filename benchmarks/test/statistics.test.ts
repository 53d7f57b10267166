import { expect, test } from '@jest/globals';
import { spread } from '../src/statistics.js';

test('the median of an odd number of windows is the middle one', () => {
  expect(spread([5, 1, 3])).toEqual({ median: 3, low: 1, high: 5 });
});

test('the median of an even number lies between the two in the middle', () => {
  expect(spread([1, 2, 4, 100])).toEqual({ median: 3, low: 1, high: 100 });
});

test('windows without a figure are left out', () => {
  expect(spread([undefined, 2])).toEqual({ median: 2, low: 2, high: 2 });
  expect(spread([undefined])).toBeUndefined();
});
