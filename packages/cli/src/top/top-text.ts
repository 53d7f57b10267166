import type { MailboxClass, MailboxesView, MailboxRow, TopOrder } from '@mailbeam/router/admin-views';
import { secondsText } from '../shown-text.js';
import { countText } from '../inspect/amount-text.js';
import { fitted, padded } from '../inspect/fitted.js';
import type { Output } from '../output.js';
import { columnsFor } from './top-columns.js';

/** What is shown of the mailboxes besides them. */
export interface TopPicture {
  readonly order: TopOrder;
  /** Of which the mailboxes are; undefined: of all. */
  readonly className: MailboxClass | undefined;
  /** Part of the names that are shown; '' = all. */
  readonly filter: string;
  /** Index of the row that keys act upon; -1: none. */
  readonly selected: number;
  /** Of the terminal; Infinity where nothing is to be cut off. */
  readonly columns: number;
  /** Lines that there is room for; Infinity: as many as it takes. */
  readonly lines: number;
  /** Stands below the first line: what was done. */
  readonly notice: string;
  /** Stands there instead: what is wrong. */
  readonly problem: string;
}

/** Lines before the mailboxes, besides those of the classes. */
const linesAbove = 5;

/** The picture of `mailbeam top`: sums, then the mailboxes that stand out, as many as fit, the selected one among them. */
export function topLines(view: MailboxesView, picture: TopPicture, output: Output): string[] {
  const { order, filter, selected, columns, notice, problem } = picture;
  const all = filtered(view, filter);
  const room = Math.max(1, picture.lines - linesAbove - view.classes.length);
  const from = firstShown(selected, all.length, room);
  const rows = all.slice(from, from + room);
  const table = columnsFor([...view.classes, ...rows], order, columns);
  const line = (name: string, className: string, values: readonly string[]): string => {
    const cells = values.map((value, i) => value.padStart(table.widths[i]!));
    const text = [padded(fitted(name, table.nameColumns), table.nameColumns), className.padEnd(7), ...cells];
    return text.join(table.gap).trimEnd();
  };
  const sums = view.classes.map((one) => line(one.class === 'all' ? 'all mailboxes' : '', one.class, table.cells(one)));
  const shown = rows.map((row, i) => {
    const text = line(row.name, row.class, table.cells(row));
    if (from + i !== selected) return fitted(`  ${text}`, columns);
    return output.style('inverse', padded(fitted(`> ${text}`, columns), Number.isFinite(columns) ? columns : 0));
  });
  return [
    headLine(view, columns, output),
    problem === '' ? fitted(notice, columns) : output.style('red', fitted(problem, columns)),
    output.style('dim', fitted(`  ${line('', 'class', table.titles)}`, columns)),
    ...sums.map((text) => fitted(`  ${text}`, columns)),
    '',
    output.style('bold', fitted(titleText(picture, all.length, from, rows.length), columns)),
    ...(rows.length === 0 ? [fitted(`  ${nothingText(view, picture)}`, columns)] : shown),
  ];
}

/** The mailboxes whose names have that in them, in capitals or not. */
export function filtered({ mailboxes }: MailboxesView, filter: string): readonly MailboxRow[] {
  const part = filter.toLowerCase();
  return part === '' ? mailboxes : mailboxes.filter(({ name }) => name.toLowerCase().includes(part));
}

/** The selected row stands in the middle, but where that would leave room at an end. */
function firstShown(selected: number, rows: number, room: number): number {
  if (rows <= room) return 0;
  return Math.max(0, Math.min(selected - Math.floor(room / 2), rows - room));
}

function titleText({ order, className, filter, lines }: TopPicture, rows: number, from: number, shown: number): string {
  const what = `  by ${order === 'drain' ? 'time until empty' : order}`;
  const only = className === undefined ? '' : `, ${className} only`;
  const part = filter === '' ? '' : `, with "${filter}"`;
  const where = shown < rows && lines !== Infinity ? ` (${from + 1} to ${from + shown} of ${rows})` : '';
  return what + only + part + where;
}

function nothingText({ classes, counted, mailboxes }: MailboxesView, { className, filter }: TopPicture): string {
  const waiting = classes.find((one) => one.class === (className ?? 'all'))?.depth ?? 0;
  if (mailboxes.length === 0 && waiting > 0)
    return counted
      ? 'none that stands out: what waits is in shallow mailboxes of people who are away'
      : 'still counting what waited when the router started';
  if (mailboxes.length === 0) return 'nothing waits';
  return `none of the ${mailboxes.length} with the most has "${filter}" in its name`;
}

function headLine(view: MailboxesView, columns: number, output: Output): string {
  const { at, connections, pendingMessages, runQueue, deadLetters, alerts, worstAlert } = view;
  const firing = alerts === 0 ? 'no alert' : countText(alerts, 'alert');
  const style = worstAlert === 'critical' ? 'red' : worstAlert === 'warning' ? 'yellow' : 'green';
  const parts = [
    secondsText(at),
    countText(connections, 'connection'),
    `${pendingMessages.toLocaleString('en-US')} pending`,
    `run queue ${runQueue.toLocaleString('en-US')}`,
    ...(deadLetters > 0 ? [countText(deadLetters, 'dead letter')] : []),
  ];
  const text = `${parts.join(', ')}, `;
  const isFitting = text.length + firing.length <= columns;
  return isFitting ? text + output.style(style, firing) : output.style(style, fitted(`${firing}, ${text}`, columns));
}
