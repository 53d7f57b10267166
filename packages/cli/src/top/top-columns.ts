import type { ClassSummary, MailboxRow, TopOrder } from '@mailbeam/router/admin-views';

type Row = MailboxRow | ClassSummary;

interface Column {
  readonly title: string;
  readonly order?: TopOrder;
  /** So wide at least: what is shown each second anew should not move about. */
  readonly least: number;
  readonly value: (row: Row) => string;
}

const columns: readonly Column[] = [
  { title: 'depth', order: 'depth', least: 7, value: ({ depth }) => depth.toLocaleString('en-US') },
  { title: 'in/s', order: 'rate', least: 6, value: (row) => rateText(row.in[1]) },
  { title: 'out/s', least: 6, value: (row) => rateText(row.out[1]) },
  { title: 'growth/s', order: 'growth', least: 8, value: (row) => signedText(row.in[1] - row.out[1]) },
  { title: 'oldest', order: 'age', least: 6, value: ({ oldestSeconds }) => timeText(oldestSeconds) },
  { title: 'empty in', order: 'drain', least: 8, value: (row) => ('drainSeconds' in row ? drainText(row) : '') },
  { title: 'stalled', least: 7, value: (row) => ('stalledSeconds' in row ? stalledText(row) : '') },
];

/** Which columns give way first on a narrow terminal, by title. */
const leastWanted = ['stalled', 'out/s', 'in/s', 'oldest', 'empty in', 'growth/s'];
const leastName = 12;
const mostName = 32;
const usualName = 24;
const wideFrom = 90;

/** The columns of a table of mailboxes, as wide as they have to be. */
export interface TopColumns {
  readonly titles: readonly string[];
  readonly widths: readonly number[];
  readonly nameColumns: number;
  readonly gap: string;
  cells(row: Row): string[];
}

/** The columns that a terminal of `available` columns has room for; what it is sorted by is always among them. */
export function columnsFor(rows: readonly Row[], order: TopOrder, available: number): TopColumns {
  const gap = available < wideFrom ? ' ' : '  ';
  let shown = columns;
  let room = roomForName(shown, rows, gap, available);
  for (const title of leastWanted) {
    if (room >= leastName) break;
    shown = shown.filter((column) => column.title !== title || column.order === order);
    room = roomForName(shown, rows, gap, available);
  }
  return {
    titles: shown.map(({ title }) => title),
    widths: shown.map((column) => widthOf(column, rows)),
    nameColumns: room === Infinity ? usualName : Math.max(leastName, Math.min(mostName, room)),
    gap,
    cells: (row) => shown.map(({ value }) => value(row)),
  };
}

/** What two columns for the mark, seven for the class and the columns of figures leave. */
function roomForName(shown: readonly Column[], rows: readonly Row[], gap: string, available: number): number {
  const figures = shown.map((column) => widthOf(column, rows) + gap.length);
  return available - 2 - 7 - gap.length - figures.reduce((sum, width) => sum + width, 0);
}

function widthOf({ title, least, value }: Column, rows: readonly Row[]): number {
  return Math.max(title.length, least, ...rows.map((row) => value(row).length));
}

function rateText(value: number): string {
  return value < 0.05 ? '0' : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

function signedText(value: number): string {
  if (Math.abs(value) < 0.05) return '0';
  return `${value > 0 ? '+' : '-'}${rateText(Math.abs(value))}`;
}

/** Seconds, short: `-`, `4.2s`, `75s` is `1m15s`, `2h03m`, `3d04h`. */
export function timeText(seconds: number): string {
  if (seconds === 0) return '-';
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return two(whole, 60, 'm', 1, 's');
  return whole < 86_400 ? two(whole, 3_600, 'h', 60, 'm') : two(whole, 86_400, 'd', 3_600, 'h');
}

function two(whole: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = String(Math.floor((whole % large) / small)).padStart(2, '0');
  return `${Math.floor(whole / large)}${largeUnit}${rest}${smallUnit}`;
}

function stalledText({ stalledSeconds }: MailboxRow): string {
  return stalledSeconds < 1 ? '' : timeText(stalledSeconds);
}

function drainText({ drainSeconds, depth }: MailboxRow): string {
  if (depth === 0) return '-';
  if (drainSeconds === null) return 'away';
  return drainSeconds === 'never' ? 'never' : timeText(drainSeconds);
}
