import { expect, test } from '@jest/globals';
import type { RowResult } from '../src/row-result.js';
import { renderTable } from '../src/table.js';
import { targets } from '../src/targets.js';
import type { Target } from '../src/targets.js';
import { verdicts } from '../src/verdict.js';

const at = (median: number) => ({ median, low: median - 1, high: median + 1 });
const row: RowResult = {
  id: 'online',
  title: 'online, window 32',
  note: 'a note',
  router: { usPerMessage: at(8), acceptP50Ms: at(2), acceptP99Ms: at(20) },
  bare: { usPerMessage: at(5) },
  figures: { routerUs: 8, bareUs: 5, ratio: 1.6 },
};
const two: readonly Target[] = [
  { row: 'online', figure: 'ratio', atMost: 1.2, text: '<= 1.2 x bare' },
  { row: 'online', figure: 'routerUs', atMost: 9, text: '<= 9 us' },
];

test('a target is met at its figure, missed above it and without one', () => {
  const [ratio, us] = verdicts(row, two);
  expect(ratio).toMatchObject({ reached: 1.6, isMet: false });
  expect(us).toMatchObject({ reached: 8, isMet: true });
  expect(verdicts({ ...row, figures: {} }, two).map(({ isMet }) => isMet)).toEqual([false, false]);
  expect(verdicts({ ...row, figures: { ratio: 1.2 } }, two)[0]!.isMet).toBe(true);
  expect(verdicts({ ...row, figures: { ratio: Number.NaN } }, two)[0]!.isMet).toBe(false);
});

test('the table has a line for each target of a row', () => {
  const lines = renderTable([row], two).split('\n');
  expect(lines[1]).toContain('online, window 32  8.00 us [7.00..9.00]  5.00 us [4.00..6.00]  1.60   2.0 / 20.0');
  expect(lines[1]).toMatch(/<= 1\.2 x bare +1\.60 +NO$/);
  expect(lines[2]).toMatch(/^ +<= 9 us +8\.00 +yes$/);
  expect(lines.at(-1)).toBe('  online: a note');
});

test('the targets are those of the issue, and what traces may cost', () => {
  expect(targets.map(({ row: id, figure, atMost }) => `${id} ${figure} ${atMost}`)).toEqual([
    'online ratio 1.2',
    'paced ratio 1.5',
    'paced acceptP99Ms 15',
    'store routerUs 9',
    'store acceptP99Ms 25',
    'store-million timesStore 1.5',
    'drain routerUs 10',
    'idle overBareKb 2',
    'memory-few rssAnonMb 300',
    'memory-few startSeconds 2',
    'memory-many rssAnonMb 300',
    'memory-many startSeconds 2',
    'traces offPercent 3',
    'traces onUs 0.2',
  ]);
});
