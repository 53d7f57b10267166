import { expect, test } from '@jest/globals';
import type { Activity, ActivityColumn } from '@mailbeam/router/activity';
import { chosenColumns } from '../../src/sar/sar-columns.js';
import { headLines, rowJson, secondLines, summaryLines } from '../../src/sar/sar-text.js';
import { valueText } from '../../src/sar/unit-text.js';
import { RecordedOutput } from '../code/recorded-output.js';

const START = new Date(2026, 10, 21, 10, 30).getTime();
const columns: ActivityColumn[] = [
  { name: 'cpu.user', unit: 'cores' },
  { name: 'router.accepted', unit: '/s' },
  { name: 'router.pending', unit: '' },
];
const output = new RecordedOutput();

/** One row for each load, a second apart. */
function activity(loads: readonly number[], more: Partial<Activity> = {}): Activity {
  const rows = loads.map((load, i) => ({
    ...{ at: START + i * 1_000, seconds: i === 0 ? null : 1, isStart: false },
    values: Float64Array.of(0.5, i === 0 ? NaN : load, load),
  }));
  return { columns, rows, torn: 0, unreadable: [], ...more };
}

const all = [0, 1, 2];

test('each column has one line with least, mean, most, last and its picture', () => {
  const lines = summaryLines(activity([1, 100, 100, 400]), all, 80, output);
  expect(lines).toEqual([
    '                        least  mean  most  last',
    'cpu.user         cores   0.50  0.50  0.50  0.50  ████',
    'router.accepted  /s       100   200   400   400   ▂▂█',
    'router.pending              1   150   400   400  ▁▂▂█',
  ]);
});

test('with --each there is one line for each second', () => {
  expect(secondLines(activity([1, 100, 135]), [1], output)).toEqual([
    '          router.accepted',
    '                       /s',
    '10:30:00                -',
    '10:30:01              100',
    '10:30:02              135',
  ]);
});

test('as JSON a value that is not known is null', () => {
  const of = activity([7, 8]);
  expect(JSON.parse(rowJson(of, of.rows[0]!, [1, 2]))).toEqual({
    ...{ at: START, seconds: null, start: false, 'router.accepted': null, 'router.pending': 7 },
  });
});

test('the head says from when to when, and that a node does not record any more', () => {
  expect(headLines(activity([1, 2, 3]), START + 3_000, output)).toEqual(['2026-11-21 10:30:00 to 10:30:02, 3 seconds']);
  expect(headLines(activity([1]), START + 7_200_000, output)).toEqual([
    '2026-11-21 10:30:00 to 10:30:00, 1 second',
    'the last record is 7,200 s old: no node records',
  ]);
});

test('the head says what is missing, and why', () => {
  const { rows } = activity([1, 2, 3]);
  const late = [rows[0]!, { ...rows[1]!, at: START + 9_000 }, { ...rows[2]!, at: START + 20_000, isStart: true }];
  const lines = headLines(activity([], { rows: late, torn: 1, unreadable: ['/x'] }), START + 20_000, output);
  expect(lines.slice(1)).toEqual([
    'nothing from 10:30:00 to 10:30:09: the event loop was held, or the clock was set',
    'the node was started at 10:30:20, 11 s after the record before',
    '1 record left out: torn by a crash, or damaged',
    '/x cannot be read as a record of activity',
  ]);
});

test.each<[string | undefined, number[]]>([
  [undefined, [0, 1, 2]],
  ['*', [0, 1, 2]],
  ['router.*', [1, 2]],
  ['router.pending, cpu.*', [2, 0]],
])('--columns %s chooses %j', (text, places) => {
  expect(chosenColumns(text, columns)).toEqual(places);
});

test('a name that was not recorded is refused with the groups that were', () => {
  expect(() => chosenColumns('cpu.user,disc.*', columns)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('disc.*'),
      hint: expect.stringContaining('cpu, router'),
    }),
  );
});

test.each<[number, Parameters<typeof valueText>[1], string]>([
  [NaN, '', '-'],
  [1_234.5, '/s', '1,235'],
  [3.25, '/s', '3.3'],
  [2_048, 'B/s', '2.0 KiB'],
  [24.5 * 2 ** 30, 'B', '24.5 GiB'],
  [0.256, 'share', '25.6%'],
  [0.0042, 's', '4.2 ms'],
  [61, 's', '61.0 s'],
  [1.234, 'cores', '1.23'],
])('%p %s is shown as %s', (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});
