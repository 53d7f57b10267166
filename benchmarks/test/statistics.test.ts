import { expect, test } from '@jest/globals';
import { medianInterval, spread } from '../src/statistics.js';

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

test('the interval of a median leaves out as many on either side as the sign test allows', () => {
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => n - i);
  expect(medianInterval(upTo(20))).toEqual({ median: 10.5, low: 6, high: 15 });
  expect(medianInterval(upTo(30))).toEqual({ median: 15.5, low: 10, high: 21 });
  expect(medianInterval(upTo(6))).toEqual({ median: 3.5, low: 1, high: 6 });
  expect(medianInterval([1, 2, 9])).toEqual({ median: 2, low: 1, high: 9 });
});
