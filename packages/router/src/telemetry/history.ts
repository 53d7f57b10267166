import type { Activity } from '@mailbeam/telemetry/activity';

/** What was recorded, as a chart shows it: the highest second of each step, by column. */
export interface HistoryView {
  /** Of each point. */
  readonly stepSeconds: number;
  /** Ms since the epoch, the beginning of each step. Where nothing was recorded there is one step in which all is null. */
  readonly at: readonly number[];
  readonly columns: Readonly<Record<string, { readonly unit: string; readonly values: readonly (number | null)[] }>>;
}

/** What of it is wanted. */
export interface HistoryRequest {
  /** So many ms before the newest record. */
  readonly sinceMs: number;
  /** Most steps. */
  readonly points: number;
  /** Names of columns; those that were not recorded are left out. */
  readonly columns: readonly string[];
}

/** The highest of each step and not the mean: a burst of one second in an hour is what somebody looks for. */
export function thinned({ columns, rows }: Pick<Activity, 'columns' | 'rows'>, request: HistoryRequest): HistoryView {
  const stepMs = Math.max(1, Math.ceil(request.sinceMs / request.points / 1_000)) * 1_000;
  const wanted = columns.flatMap(({ name, unit }, i) => (request.columns.includes(name) ? [{ name, unit, i }] : []));
  const steps = new Map<number, number[]>();
  for (const { at, values } of rows) {
    const step = Math.floor(at / stepMs);
    const highest = steps.get(step);
    const read = wanted.map(({ i }) => values[i]!);
    steps.set(step, highest === undefined ? read : read.map((value, n) => higher(value, highest[n]!)));
  }
  const shown = [...steps.keys()].toSorted((one, other) => one - other);
  const withGaps = shown.flatMap((step, i) => (i > 0 && step - shown[i - 1]! > 1 ? [shown[i - 1]! + 1, step] : [step]));
  return {
    stepSeconds: stepMs / 1_000,
    at: withGaps.map((step) => step * stepMs),
    columns: Object.fromEntries(
      wanted.map(({ name, unit }, n) => [name, { unit, values: withGaps.map((step) => known(steps.get(step)?.[n])) }]),
    ),
  };
}

function higher(one: number, other: number): number {
  if (Number.isNaN(one)) return other;
  return Number.isNaN(other) ? one : Math.max(one, other);
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(5));
}
