import type { RowResult } from './row-result.js';
import type { Target } from './targets.js';

/** A target beside what was reached. */
export interface Verdict {
  readonly target: Target;
  /** Undefined when the row gave no such figure. */
  readonly reached: number | undefined;
  readonly isMet: boolean;
}

/** The verdicts on one row, in the order of the targets. */
export function verdicts(row: RowResult, targets: readonly Target[]): Verdict[] {
  return targets
    .filter((target) => target.row === row.id)
    .map((target) => {
      const reached = row.figures[target.figure];
      return { target, reached, isMet: reached !== undefined && reached <= target.atMost };
    });
}
