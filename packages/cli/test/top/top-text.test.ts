import { expect, test } from '@jest/globals';
import { topLines } from '../../src/top/top-text.js';
import type { TopPicture } from '../../src/top/top-text.js';
import { timeText } from '../../src/top/top-columns.js';
import { displayWidth } from '../../src/chat/display-width.js';
import { RecordedOutput } from '../code/recorded-output.js';
import { mailboxes, row } from './mailboxes.js';

const everything: TopPicture = {
  ...{ order: 'depth', className: undefined, filter: '', selected: -1 },
  ...{ columns: Infinity, lines: Infinity, notice: '', problem: '' },
};
const lines = (picture: Partial<TopPicture> = {}, view = mailboxes) =>
  topLines(view, { ...everything, ...picture }, new RecordedOutput());
const many = { ...mailboxes, mailboxes: Array.from({ length: 50 }, (_, i) => row(`user${i}`)) };

test('sums stand on top, and below them the mailboxes, names cut to fit', () => {
  expect(lines().join('\n')).toBe(`10:30:00, 2 connections, 5,200 pending, run queue 0, 1 alert

                            class      depth    in/s   out/s  growth/s  oldest  empty in  stalled
                            session    5,200    12.3     2.3     +10.0   1m15s
                            away           0    12.3     2.3     +10.0       -
  all mailboxes             all        5,200    12.3     2.3     +10.0   1m15s

  by depth
  bob                       session    4,000    40.0     2.0     +38.0    4.3s     never    1m30s
  anna-with-a-name-that-i…  session    1,200    40.0     2.0     +38.0    4.3s       12s
  cid                       away         150    40.0     2.0     +38.0    4.3s      away`);
});

test('a terminal of 80 columns has room for all of it', () => {
  expect(lines({ columns: 80 }).slice(2).join('\n'))
    .toBe(`                  class     depth   in/s  out/s growth/s oldest empty in stalled
                  session   5,200   12.3    2.3    +10.0  1m15s
                  away          0   12.3    2.3    +10.0      -
  all mailboxes   all       5,200   12.3    2.3    +10.0  1m15s

  by depth
  bob             session   4,000   40.0    2.0    +38.0   4.3s    never   1m30s
  anna-with-a-na… session   1,200   40.0    2.0    +38.0   4.3s      12s
  cid             away        150   40.0    2.0    +38.0   4.3s     away`);
});

test('only names with that in them are shown, where it is asked for', () => {
  const shown = lines({ filter: 'B', order: 'growth' });
  expect(shown.slice(-2)).toEqual([
    expect.stringMatching(/^ {2}by growth, with "B"$/),
    expect.stringMatching(/^ {2}bob /),
  ]);
  expect(lines({ filter: 'x' }).at(-1)).toBe('  none of the 3 with the most has "x" in its name');
  const none = { ...mailboxes, mailboxes: [] };
  expect(lines({ className: 'away' }, none).at(-1)).toBe('  nothing waits');
  expect(lines({}, none).at(-1)).toBe(
    '  none that stands out: what waits is in shallow mailboxes of people who are away',
  );
  expect(lines({}, { ...none, counted: false }).at(-1)).toBe('  still counting what waited when the router started');
});

test('no line is wider than the terminal, whatever its width, and what it is sorted by is shown', () => {
  const wide = { ...mailboxes, mailboxes: [row('名前'.repeat(20)), ...mailboxes.mailboxes] };
  for (let columns = 10; columns <= 120; columns++) {
    const shown = lines({ columns, selected: 1, problem: 'something is wrong '.repeat(10) }, wide);
    expect(Math.max(...shown.map(displayWidth))).toBeLessThanOrEqual(columns);
  }
  expect(lines({ columns: 40, order: 'age' })[2]).toMatch(/depth .*oldest$/);
  expect(lines({ columns: 40, order: 'drain' })[2]).toMatch(/depth .*empty in$/);
});

test('of more mailboxes than there is room for the selected one is among those that are shown', () => {
  const names = (selected: number): string[] =>
    lines({ lines: 20, selected }, many)
      .slice(8)
      .map((line) => line.slice(0, 8).trim());
  expect(names(0)).toEqual(['> user0', ...Array.from({ length: 11 }, (_, i) => `user${i + 1}`)]);
  expect(names(30)).toContain('> user30');
  expect(names(49).at(-1)).toBe('> user49');
  expect(lines({ lines: 20, selected: 0 }, many)).toHaveLength(20);
  expect(lines({ lines: 20, selected: 49 }, many)[7]).toBe('  by depth (39 to 50 of 50)');
});

test('what is wrong, or was done, stands below the first line', () => {
  expect(lines({ notice: 'bob: disconnected' })[1]).toBe('bob: disconnected');
  expect(lines({ notice: 'bob: disconnected', problem: 'AWAY' })[1]).toBe('AWAY');
});

test.each([
  [0, '-'],
  [4.25, '4.3s'],
  [9.96, '10s'],
  [59.4, '59s'],
  [75, '1m15s'],
  [3_725, '1h02m'],
  [90_000, '1d01h'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(timeText(seconds)).toBe(text);
});
