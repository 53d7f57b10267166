import { expect, test } from '@jest/globals';
import { columns } from '@mailbeam/telemetry';
import { hiddenAtFirst, historyCharts, historyColumns, keyOf } from '../src/history-charts.js';

test('every line of the history is a column that the recorder writes, or a mean of two', () => {
  const recorded = new Set(columns.map(({ name }) => name));
  const isThere = (name: string): boolean =>
    recorded.has(name) || (name.endsWith('.mean') && recorded.has(name.replace(/mean$/, 'count')));
  expect(historyColumns.filter((name) => !isThere(name))).toEqual([]);
});

test('no two lines are known by one name, and what is hidden at first is there', () => {
  const keys = historyCharts.flatMap(({ lines }) => lines.map(([column]) => keyOf(column)));
  expect(new Set(keys).size).toBe(keys.length);
  expect(hiddenAtFirst.filter((key) => !keys.includes(key))).toEqual([]);
});
