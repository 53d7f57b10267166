import type { RowResult } from './row-result.js';
import type { Sizes } from './sizes.js';

/** What a row gets to work with. */
export interface RowContext {
  readonly sizes: Sizes;
  /** Rows that ran before this one. */
  readonly earlier: readonly RowResult[];
  /** A line for whoever waits. */
  readonly say: (line: string) => void;
  /** Where the router's CPU profiles go; none when absent. */
  readonly profileDir?: string | undefined;
}

/** A row of the table, or several that come from the same windows. */
export interface Row {
  /** The ids of the results it gives. */
  readonly ids: readonly string[];
  run(context: RowContext): Promise<RowResult[]>;
}
