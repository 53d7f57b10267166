import type { Spread } from './statistics.js';

/** One side of a row: medians over its windows, with their spread. */
export interface SideResult {
  /** CPU microseconds of the whole process tree per message. */
  readonly usPerMessage?: Spread | undefined;
  /** Messages a second, as the load came. */
  readonly perSecond?: Spread | undefined;
  readonly acceptP50Ms?: Spread | undefined;
  readonly acceptP99Ms?: Spread | undefined;
  readonly deliverP50Ms?: Spread | undefined;
  readonly deliverP99Ms?: Spread | undefined;
}

/** What a row found, as it goes to the table and to the JSON. */
export interface RowResult {
  readonly id: string;
  readonly title: string;
  /** What one unit of work is and how many a window held, and whatever a reader must know to judge the figures. */
  readonly note: string;
  readonly router?: SideResult;
  readonly bare?: SideResult;
  /** What targets are compared with (targets.ts), and what only this row has. */
  readonly figures: Readonly<Record<string, number>>;
}
