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

/** Places of values that have none beside them: no line leads there, so they are drawn as dots. */
export function aloneIn(values: ArrayLike<number | null | undefined>): number[] {
  const isThere = (i: number): boolean => typeof values[i] === 'number';
  return Array.from(values, (_, i) => i).filter((i) => isThere(i) && !isThere(i - 1) && !isThere(i + 1));
}

/** The largest value that is drawn, of those with an index from `first` on. */
export function largest(series: readonly Series[], first: number): number {
  let most = 0;
  for (const { values } of series)
    for (let i = Math.max(0, first); i < values.length; i++) most = Math.max(most, values[i] ?? 0);
  return most;
}
