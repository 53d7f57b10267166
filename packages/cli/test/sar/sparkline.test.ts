import { expect, test } from '@jest/globals';
import { sparkline } from '../../src/sar/sparkline.js';

const START = Date.UTC(2026, 10, 21, 10);
const seconds = (values: readonly number[]): { at: number; value: number }[] =>
  values.map((value, i) => ({ at: START + i * 1_000 + 3, value }));
const load = (normal: number, burst: number, from: number, to: number): number[] =>
  new Array<number>(60).fill(normal).fill(burst, from, to);

test('35 % more in one second stands out from the others', () => {
  expect(sparkline(seconds(load(1_000, 1_350, 30, 31)), 60)).toBe(`${'▆'.repeat(30)}█${'▆'.repeat(29)}`);
});

test('ten times more for ten seconds is ten characters', () => {
  expect(sparkline(seconds(load(100, 1_000, 20, 30)), 60)).toBe(`${'▁'.repeat(20)}${'█'.repeat(10)}${'▁'.repeat(30)}`);
});

test('a burst of one second is not averaged away where a character is six seconds', () => {
  expect(sparkline(seconds(load(100, 1_000, 31, 32)), 10)).toBe('▁▁▁▁▁█▁▁▁▁');
});

test('seconds without a record are blank, also at their end', () => {
  const points = seconds([1, 1, 1, 1, 1, 1]).filter((_, i) => i !== 2 && i !== 3);
  expect(sparkline(points, 60)).toBe('██  ██');
  expect(sparkline(seconds([NaN, 2, NaN]), 60)).toBe(' █ ');
});

test('nothing but zeros is a flat line', () => {
  expect(sparkline(seconds([0, 0, 0]), 60)).toBe('▁▁▁');
});

test('a record that comes up to half a second late belongs to its second', () => {
  const points = [0, 1_400, 2_010].map((ms) => ({ at: START + ms, value: 1 }));
  expect(sparkline(points, 60)).toBe('███');
});

test('nothing is nothing', () => {
  expect(sparkline([], 60).trim()).toBe('');
});
