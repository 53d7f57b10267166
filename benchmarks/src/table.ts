import type { RowResult, SideResult } from './row-result.js';
import type { Spread } from './statistics.js';
import type { Target } from './targets.js';
import { verdicts } from './verdict.js';

const HEAD = [
  'row',
  'router',
  'bare',
  'ratio',
  'accept p50/p99',
  'deliver p50/p99',
  'bare accept',
  'bare deliver',
  'target',
  'reached',
  'met',
];

/** The results as a table of text, one line for each target of a row, and a line of notes for each row. */
export function renderTable(rows: readonly RowResult[], targets: readonly Target[]): string {
  const lines = rows.flatMap((row) => tableLines(row, targets));
  const notes = rows.map((row) => `  ${row.id}: ${row.note}`);
  return [
    alignColumns([HEAD, ...lines]),
    '',
    'Medians of alternating windows; low..high in brackets. us = CPU microseconds per message. Latencies in ms.',
    ...notes,
  ].join('\n');
}

function tableLines(row: RowResult, targets: readonly Target[]): string[][] {
  const judged = verdicts(row, targets).map(({ target, reached, isMet }) => [
    target.text,
    reached === undefined ? '-' : reached.toFixed(2),
    isMet ? 'yes' : 'NO',
  ]);
  const [first = ['-', '-', '-'], ...others] = judged;
  const { ratio } = row.figures;
  const main = [
    row.title,
    cost(row, 'router'),
    cost(row, 'bare'),
    ratio === undefined ? '-' : ratio.toFixed(2),
    pair(row.router?.acceptP50Ms, row.router?.acceptP99Ms),
    pair(row.router?.deliverP50Ms, row.router?.deliverP99Ms),
    pair(row.bare?.acceptP50Ms, row.bare?.acceptP99Ms),
    pair(row.bare?.deliverP50Ms, row.bare?.deliverP99Ms),
    ...first,
  ];
  return [main, ...others.map((verdict) => ['', '', '', '', '', '', '', '', ...verdict])];
}

function cost(row: RowResult, side: 'router' | 'bare'): string {
  const result: SideResult | undefined = row[side];
  const us = result?.usPerMessage;
  if (us !== undefined) return `${us.median.toFixed(2)} us [${us.low.toFixed(2)}..${us.high.toFixed(2)}]`;
  const kb = row.figures[`${side}Kb`];
  return kb === undefined ? '-' : `${kb.toFixed(2)} KB`;
}

function pair(p50: Spread | undefined, p99: Spread | undefined): string {
  return p50 === undefined || p99 === undefined ? '-' : `${p50.median.toFixed(1)} / ${p99.median.toFixed(1)}`;
}

/** Rows of cells as lines of text; the first row says how many columns there are. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
