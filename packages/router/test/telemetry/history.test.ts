import { describe, expect, test } from '@jest/globals';
import { thinned } from '../../src/telemetry/history.js';

const columns = [
  { name: 'cpu.user', unit: 'cores' as const },
  { name: 'router.accepted', unit: '/s' as const },
];
const row = (at: number, ...values: number[]) => ({
  ...{ at, seconds: 1, isStart: false },
  values: Float64Array.from(values),
});
const request = { sinceMs: 100_000, points: 10, columns: ['router.accepted', 'nothing'] };

describe('the history', () => {
  test('shows the highest second of each step: a burst of one second is seen in an hour', () => {
    const rows = Array.from({ length: 3_600 }, (_, i) => row(i * 1_000, 1, i === 1_234 ? 135 : 100));
    const view = thinned({ columns, rows }, { sinceMs: 3_600_000, points: 360, columns: ['router.accepted'] });
    expect([view.stepSeconds, view.at.length]).toEqual([10, 360]);
    const { unit, values } = view.columns['router.accepted']!;
    expect([unit, values.indexOf(135), values.filter((value) => value === 100).length]).toEqual(['/s', 123, 359]);
  });

  test('has the columns that were asked for and recorded, second by second where there is room', () => {
    const rows = [row(5_000, 1, 7), row(6_000, 2, 8)];
    expect(thinned({ columns, rows }, { sinceMs: 10_000, points: 10, columns: ['cpu.user', 'nothing'] })).toEqual({
      ...{ stepSeconds: 1, at: [5_000, 6_000] },
      columns: { 'cpu.user': { unit: 'cores', values: [1, 2] } },
    });
  });

  test('has a hole where nothing was recorded, and none where only a value is not known', () => {
    const rows = [row(0, 1, 5), row(10_000, 1, NaN), row(11_000, 1, 6), row(90_000, 1, 9)];
    expect(thinned({ columns, rows }, request)).toEqual({
      ...{ stepSeconds: 10, at: [0, 10_000, 20_000, 90_000] },
      columns: { 'router.accepted': { unit: '/s', values: [5, 6, null, 9] } },
    });
  });

  test('stands in order of time, also where a clock was set back', () => {
    const rows = [row(50_000, 1, 1), row(20_000, 1, 2), row(50_500, 1, 3)];
    expect(thinned({ columns, rows }, request)).toMatchObject({ at: [20_000, 30_000, 50_000] });
  });
});
