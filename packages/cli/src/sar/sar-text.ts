import type { Activity, ActivityRow } from '@mailbeam/router/activity';
import { tableLines } from '../code/table.js';
import { countText } from '../inspect/amount-text.js';
import type { Output } from '../output.js';
import { sparkline } from './sparkline.js';
import { valueText } from './unit-text.js';

/** Seconds without a record from which on it is worth a line. */
const GAP_SECONDS = 2;
const MOST_GAPS = 5;
const LEAST_SPARKLINE = 20;

/** What the times are, what is missing in between, and why. */
export function headLines({ rows, torn, unreadable }: Activity, now: number, output: Output): string[] {
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const ago = (now - last.at) / 1_000;
  const lines = [
    output.style(
      'bold',
      `${dayText(first.at)} ${timeText(first.at)} to ${timeText(last.at)}, ${countText(rows.length, 'second')}`,
    ),
  ];
  if (ago >= 3) lines.push(`the last record is ${Math.round(ago).toLocaleString('en-US')} s old: no node records`);
  const gaps = rows.flatMap((row, i) => gapText(row, rows[i - 1]));
  lines.push(...gaps.slice(-MOST_GAPS));
  if (gaps.length > MOST_GAPS) lines.push(`and ${gaps.length - MOST_GAPS} more before`);
  if (torn > 0)
    lines.push(output.style('yellow', `${countText(torn, 'record')} left out: torn by a crash, or damaged`));
  for (const path of unreadable) lines.push(output.style('yellow', `${path} cannot be read as a record of activity`));
  return lines;
}

function gapText(row: ActivityRow, before: ActivityRow | undefined): string[] {
  if (before === undefined) return [];
  const seconds = (row.at - before.at) / 1_000;
  if (row.isStart)
    return [`the node was started at ${timeText(row.at)}, ${Math.round(seconds)} s after the record before`];
  if (seconds < GAP_SECONDS) return [];
  return [`nothing from ${timeText(before.at)} to ${timeText(row.at)}: the event loop was held, or the clock was set`];
}

/** One line for each column: least, mean, most, last, and its picture. */
export function summaryLines(
  { columns, rows }: Activity,
  places: readonly number[],
  width: number,
  output: Output,
): string[] {
  const cells = places.map((place) => {
    const { name, unit } = columns[place]!;
    const known = rows.map(({ values }) => values[place]!).filter((value) => !Number.isNaN(value));
    const of = (value: number): string => valueText(known.length === 0 ? NaN : value, unit);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const least = known.reduce((a, b) => Math.min(a, b), Infinity);
    const most = known.reduce((a, b) => Math.max(a, b), -Infinity);
    return [name, unit === 'cores' || unit === '/s' ? unit : '', of(least), of(mean), of(most), of(known.at(-1)!)];
  });
  const table = tableLines(
    [['', '', 'least', 'mean', 'most', 'last'], ...cells],
    ['left', 'left', 'right', 'right', 'right', 'right'],
    output,
  );
  const left = Math.max(...table.slice(1).map((line) => line.length), 0);
  const room = Math.max(LEAST_SPARKLINE, width - left - 3);
  return table.map((line, i) => {
    if (i === 0) return line;
    const place = places[i - 1]!;
    const points = rows.map(({ at, values }) => ({ at, value: values[place]! }));
    return `${line.padEnd(left)}  ${sparkline(points, room)}`.trimEnd();
  });
}

/** One line for each second. */
export function secondLines({ columns, rows }: Activity, places: readonly number[], output: Output): string[] {
  const head = ['', ...places.map((place) => columns[place]!.name)];
  const units = ['', ...places.map((place) => columns[place]!.unit)];
  const body = rows.map(({ at, values }) => [
    timeText(at),
    ...places.map((place) => valueText(values[place]!, columns[place]!.unit)),
  ]);
  const sides = head.map((_, i): 'left' | 'right' => (i === 0 ? 'left' : 'right'));
  return tableLines([head, units, ...body], sides, output);
}

/** A second as JSON: unknown values are null. */
export function rowJson({ columns }: Activity, row: ActivityRow, places: readonly number[]): string {
  const values = places.map((place) => {
    const value = row.values[place]!;
    return [columns[place]!.name, Number.isNaN(value) ? null : value] as const;
  });
  return JSON.stringify({ at: row.at, seconds: row.seconds, start: row.isStart, ...Object.fromEntries(values) });
}

function timeText(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}

function dayText(at: number): string {
  const time = new Date(at);
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}
