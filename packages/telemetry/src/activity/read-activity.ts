import { activityFile, olderActivityFile } from './activity-file.js';
import type { ColumnHead, Unit } from './column.js';
import type { ActivityHead, ActivityRecord } from './layout.js';
import { scan } from './scan.js';

/** A column that was recorded. */
export interface ActivityColumn {
  readonly name: string;
  readonly unit: Unit;
}

/** One second. */
export interface ActivityRow {
  /** Ms since the epoch. */
  readonly at: number;
  /** Seconds since the record before; null: it is the first of what was kept, or its clock was set back. */
  readonly seconds: number | null;
  /** The node was started before it. */
  readonly isStart: boolean;
  /** By column, rates where it is a count; NaN: not known. */
  readonly values: Float64Array;
}

/** What was recorded, oldest first. Beside each `X.count` and `X.time` stands `X.mean`, how long one took. */
export interface Activity {
  readonly columns: readonly ActivityColumn[];
  readonly rows: readonly ActivityRow[];
  /** Records that were left out: torn by a crash, or damaged. */
  readonly torn: number;
  /** Files that are none of ours or cannot be read. */
  readonly unreadable: readonly string[];
}

/** So much more is read than is shown: the first second has its rates from the record before it. */
const BEFORE_MS = 10_000;

/**
 * Reads what a node has recorded in its data directory, whether it runs or not.
 * @param sinceMs only the last so many ms before the newest record
 */
export async function readActivity(data: string, sinceMs = Infinity): Promise<Activity> {
  let torn = 0;
  const unreadable: string[] = [];
  const parts: { readonly head: ActivityHead; readonly records: ActivityRecord[] }[] = [];
  let newest = -Infinity;
  for (const path of [activityFile(data), olderActivityFile(data)]) {
    let records: ActivityRecord[] = [];
    const limit = Number.isFinite(sinceMs) ? Math.ceil(sinceMs / 1_000) * 2 + 1_000 : Infinity;
    const found = await scan(path, (record) => {
      newest = Math.max(newest, record.at);
      // of a long file only the end is kept in memory; times may be out of order where a clock was set
      if (record.at < newest - sinceMs - BEFORE_MS) return;
      records.push(record);
      if (records.length > limit) records = records.filter(({ at }) => at >= newest - sinceMs - BEFORE_MS);
    }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      return undefined;
    });
    if (found === undefined) unreadable.push(path);
    if (found === undefined || found === null) continue;
    torn += found.torn;
    parts.unshift({ head: found.head, records });
  }
  const columns = allColumns(parts.map(({ head }) => head));
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  const rows: ActivityRow[] = [];
  for (const { head, records } of parts) {
    const inOrder = records.toSorted((a, b) => a.number - b.number);
    const into = head.columns.map(({ name }) => places.get(name)!);
    for (const [i, record] of inOrder.entries()) {
      if (record.at < newest - sinceMs) continue;
      rows.push(rowOf(record, inOrder[i - 1], head.columns, into, columns.length));
    }
  }
  return { ...withMeans(columns, rows), torn, unreadable };
}

function rowOf(
  record: ActivityRecord,
  before: ActivityRecord | undefined,
  columns: readonly ColumnHead[],
  into: readonly number[],
  width: number,
): ActivityRow {
  const isSameRun = before !== undefined && before.run === record.run;
  // the wall clock may have been set in between: within a process its own clock tells
  const ms = before === undefined ? NaN : isSameRun ? record.mono - before.mono : record.at - before.at;
  const seconds = ms > 0 ? ms / 1_000 : NaN;
  const values = new Float64Array(width).fill(NaN);
  for (const [i, { kind }] of columns.entries()) {
    const value = record.values[i]!;
    values[into[i]!] =
      kind === 'gauge' ? value : rate(value, before?.values[i], seconds, kind === 'counter' || isSameRun);
  }
  return {
    at: record.at,
    seconds: Number.isNaN(seconds) ? null : seconds,
    isStart: before !== undefined && !isSameRun,
    values,
  };
}

function rate(value: number, before: number | undefined, seconds: number, goesOn: boolean): number {
  // a count that has become less was begun again: the machine was started, a disk was taken out
  return before === undefined || !goesOn || value < before ? NaN : (value - before) / seconds;
}

function allColumns(heads: readonly ActivityHead[]): ActivityColumn[] {
  const all = new Map<string, ActivityColumn>();
  // the newest file says in what order
  for (const { columns } of heads.toReversed())
    for (const { name, unit } of columns) if (!all.has(name)) all.set(name, { name, unit });
  return [...all.values()];
}

function withMeans(
  columns: readonly ActivityColumn[],
  rows: readonly ActivityRow[],
): Pick<Activity, 'columns' | 'rows'> {
  const place = new Map(columns.map(({ name }, i) => [name, i]));
  const pairs = columns.flatMap(({ name }) => {
    const group = /^(.*)\.count$/.exec(name)?.[1];
    const [count, time] = [place.get(name)!, place.get(`${group}.time`)];
    return group === undefined || time === undefined ? [] : [{ name: `${group}.mean`, count, time }];
  });
  return {
    columns: [...columns, ...pairs.map(({ name }) => ({ name, unit: 's' as const }))],
    // in a second in which nothing happened there is no mean
    rows: rows.map((row) => {
      const means = pairs.map(({ count, time }) =>
        row.values[count]! > 0 ? row.values[time]! / row.values[count]! : NaN,
      );
      return { ...row, values: Float64Array.of(...row.values, ...means) };
    }),
  };
}
