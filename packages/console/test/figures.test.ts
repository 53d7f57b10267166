import { expect, test } from '@jest/globals';
import { duration as toldDuration } from '@mailbeam/telemetry/alert-text';
import { bytes, count, counted, drain, duration, growth, parted, percent, rate } from '../src/figures.js';

const table = (show: (value: never) => string, rows: readonly (readonly [unknown, string])[]): void => {
  for (const [value, text] of rows) expect([value, show(value as never)]).toEqual([value, text]);
};

test('counts are whole below ten thousand, and have three figures above', () => {
  table(count, [
    [null, '–'],
    [0, '0'],
    [12, '12'],
    [9_999, '9,999'],
    [12_345, '12.3 k'],
    [999_499, '999 k'],
    [1_234_567, '1.23 M'],
    [2.5e9, '2.5 G'],
  ]);
});

test('rates have a fraction where that matters', () => {
  table(rate, [
    [null, '–'],
    [0, '0'],
    [0.004, '0'],
    [0.254, '0.25'],
    [12.34, '12.3'],
    [1_234.5, '1,235'],
  ]);
  table(growth, [
    [12.34, '+12.3'],
    [-12.34, '−12.3'],
    [0.001, '0'],
  ]);
});

test('durations have the unit that they are felt in', () => {
  table(duration, [
    [null, '–'],
    [0, '0 s'],
    [0.000_25, '0.25 ms'],
    [0.012_4, '12 ms'],
    [0.9994, '999 ms'],
    [0.9996, '1 s'],
    [1.24, '1.2 s'],
    [59.9, '60 s'],
    [59.96, '1 min'],
    [200, '3 min 20 s'],
    [7_500, '2 h 5 min'],
    [86_400, '1 d'],
  ]);
  table(drain, [
    ['never', 'never'],
    [null, '–'],
    [90, '1 min 30 s'],
  ]);
});

test('a duration has its first part by itself', () => {
  const parts = ['3 min 20 s', '2 h', '12 ms', 'never', '–'].map(parted);
  expect(parts).toEqual([
    ['3 min', ' 20 s'],
    ['2 h', ''],
    ['12 ms', ''],
    ['never', ''],
    ['–', ''],
  ]);
});

test('bytes count in thousands, shares in per cent', () => {
  table(bytes, [
    [999, '999 B'],
    [12_345, '12.3 kB'],
    [1.5e9, '1.5 GB'],
    [3e15, '3000 TB'],
  ]);
  table(percent, [
    [null, '–'],
    [0, '0 %'],
    [0.0123, '1.2 %'],
    [0.456, '46 %'],
  ]);
  expect([counted(1, 'actor'), counted(2, 'child', 'children')]).toEqual(['1 actor', '2 children']);
});

test('a minute and more is said as alerts say it, wherever they are read', () => {
  for (const seconds of [60, 61, 119.6, 3_599, 3_600, 3_661, 86_399, 86_400, 90_061, 1e7])
    expect([seconds, duration(seconds)]).toEqual([seconds, toldDuration(seconds)]);
});
