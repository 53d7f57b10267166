import type { ClassSummary, MailboxesView, MailboxRow, TopOrder } from '@mailbeam/router/admin-views';
import { clockText } from '../shown-text.js';
import { durationText } from '../status-text.js';
import { countText } from '../inspect/amount-text.js';
import { fitted, padded } from '../inspect/fitted.js';
import type { Output } from '../output.js';

/** What is shown of the mailboxes besides them. */
export interface TopView {
  readonly order: TopOrder;
  /** Part of the names that are shown; '' = all. */
  readonly filter: string;
  /** Index of the row that keys act upon; -1: none. */
  readonly selected: number;
  readonly columns: number;
}

type Column = readonly [title: string, order: TopOrder | '', value: (row: MailboxRow | ClassSummary) => string];

const nameColumns = 24;
const classColumns = 7;

const columns: readonly Column[] = [
  ['depth', 'depth', ({ depth }) => depth.toLocaleString('en-US')],
  ['in/s', 'rate', (row) => rate(row.in[1])],
  ['out/s', '', (row) => rate(row.out[1])],
  ['growth/s', 'growth', (row) => signed(row.in[1] - row.out[1])],
  ['oldest', 'age', ({ oldestSeconds }) => (oldestSeconds === 0 ? '-' : seconds(oldestSeconds))],
  ['empty in', 'drain', (row) => ('drainSeconds' in row ? drain(row) : '')],
  ['stalled', '', (row) => ('stalledSeconds' in row && row.stalledSeconds >= 1 ? seconds(row.stalledSeconds) : '')],
];

/** The picture of `mailbeam top`: sums, then the mailboxes that stand out. */
export function topLines(
  view: MailboxesView,
  { order, filter, selected, columns: width }: TopView,
  output: Output,
): string[] {
  const shown = filtered(view, filter);
  const cells = [...view.classes, ...shown].map((row) => columns.map(([, , value]) => value(row)));
  const widths = columns.map(([title], i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (name: string, className: string, values: readonly string[]): string =>
    [
      padded(fitted(name, nameColumns), nameColumns),
      className.padEnd(classColumns),
      ...values.map((value, i) => value.padStart(widths[i]!)),
    ]
      .join('  ')
      .slice(0, width)
      .trimEnd();
  const titles = columns.map(([title]) => title);
  const sums = view.classes.map((one, i) => line(one.class === 'all' ? 'all mailboxes' : '', one.class, cells[i]!));
  const rows = shown.map((row, i) => {
    const text = line(row.name, row.class, cells[view.classes.length + i]!);
    return i === selected ? output.style('cyan', `> ${text}`.slice(0, width)) : `  ${text}`.slice(0, width);
  });
  return [
    headLine(view, output),
    '',
    output.style('dim', `  ${line('', 'class', titles)}`.slice(0, width)),
    ...sums.map((text) => `  ${text}`.slice(0, width)),
    '',
    output.style(
      'bold',
      `  ${line(`by ${order}${filter === '' ? '' : `, with "${filter}"`}`, '', [])}`.slice(0, width),
    ),
    ...(rows.length === 0 ? ['  nothing waits'] : rows),
  ];
}

/** The mailboxes whose names have that in them. */
export function filtered({ mailboxes }: MailboxesView, filter: string): readonly MailboxRow[] {
  return filter === '' ? mailboxes : mailboxes.filter(({ name }) => name.includes(filter));
}

function headLine(view: MailboxesView, output: Output): string {
  const { at, connections, pendingMessages, runQueue, alerts, worstAlert } = view;
  const firing = alerts === 0 ? 'no alert' : countText(alerts, 'alert');
  const style = worstAlert === 'critical' ? 'red' : worstAlert === 'warning' ? 'yellow' : 'green';
  const parts = [
    clockText(at),
    countText(connections, 'connection'),
    `${pendingMessages.toLocaleString('en-US')} pending`,
    `run queue ${runQueue.toLocaleString('en-US')}`,
  ];
  return `${parts.join(', ')}, ${output.style(style, firing)}`;
}

function rate(value: number): string {
  return value < 0.05 ? '0' : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

function signed(value: number): string {
  if (Math.abs(value) < 0.05) return '0';
  return `${value > 0 ? '+' : '-'}${rate(Math.abs(value))}`;
}

function seconds(value: number): string {
  return value < 60 ? `${value.toFixed(value < 10 ? 1 : 0)} s` : durationText(value * 1_000);
}

function drain({ drainSeconds, depth }: MailboxRow): string {
  if (depth === 0) return '-';
  if (drainSeconds === null) return 'away';
  return drainSeconds === 'never' ? 'never' : seconds(drainSeconds);
}
