import { expect, test } from '@jest/globals';
import { topLines } from '../../src/top/top-text.js';
import type { TopView } from '../../src/top/top-text.js';
import { RecordedOutput } from '../code/recorded-output.js';
import { mailboxes } from './mailboxes.js';

const all: TopView = { order: 'depth', filter: '', selected: -1, columns: Infinity };
const lines = (view: Partial<TopView> = {}) => topLines(mailboxes, { ...all, ...view }, new RecordedOutput());

test('sums stand on top, and below them the mailboxes, names cut to fit', () => {
  expect(lines().join('\n')).toBe(`10:30, 2 connections, 5,200 pending, run queue 0, 1 alert

                            class    depth  in/s  out/s  growth/s      oldest  empty in     stalled
                            session  5,200  12.3    2.3     +10.0  1 min 15 s
                            away         0  12.3    2.3     +10.0           -
  all mailboxes             all      5,200  12.3    2.3     +10.0  1 min 15 s

  by depth
  bob                       session  4,000  40.0    2.0     +38.0       4.3 s     never  1 min 30 s
  anna-with-a-name-that-i…  session  1,200  40.0    2.0     +38.0       4.3 s      12 s
  cid                       away       150  40.0    2.0     +38.0       4.3 s      away`);
});

test('only names with that in them are shown, where it is asked for', () => {
  const shown = lines({ filter: 'b', order: 'growth' });
  expect(shown.slice(-2)).toEqual([
    expect.stringMatching(/^ {2}by growth, with "b"$/),
    expect.stringMatching(/^ {2}bob /),
  ]);
  expect(lines({ filter: 'x' }).at(-1)).toBe('  nothing waits');
});

test('no line is wider than the terminal, and the selected one is marked', () => {
  const shown = lines({ columns: 50, selected: 1 }).slice(1);
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(50);
  expect(shown.filter((line) => line.startsWith('> '))).toEqual([expect.stringMatching(/^> anna/)]);
});
