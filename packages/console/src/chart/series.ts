import type { Column } from '../port/seconds.js';

/** A line of a chart. */
export interface Series {
  /** Unique on the page: what is hidden is known by it. */
  readonly key: string;
  readonly label: string;
  /** Name of a colour of the style sheet, such as `--session`. */
  readonly color: string;
  readonly values: Column;
  readonly isDashed?: boolean;
}

/** The value at a place; null: nothing is known there. */
export function valueAt({ values }: Series, index: number): number | null {
  return values[index] ?? null;
}

/** The largest value that is drawn, of those with an index from `first` on. */
export function largest(series: readonly Series[], first: number): number {
  let most = 0;
  for (const { values } of series)
    for (let i = Math.max(0, first); i < values.length; i++) most = Math.max(most, values[i] ?? 0);
  return most;
}
