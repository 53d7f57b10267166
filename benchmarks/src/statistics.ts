/** The middle of several windows and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Undefined values (a window without such a figure) are left out; undefined when none is left. */
export function spread(values: readonly (number | undefined)[]): Spread | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, low: sorted[0]!, high: sorted.at(-1)! };
}

/**
 * The median of pairs and its 95 % confidence interval, by order statistics (the sign test's): nothing is assumed of how
 * the values are spread. With fewer than 6 values the interval is all of them, and less sure.
 */
export function medianInterval(values: readonly number[]): Spread {
  const { median } = spread(values)!;
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let chance = 0.5 ** n;
  let tail = chance;
  let cut = 0;
  while (cut + 1 <= n / 2) {
    chance *= (n - cut) / (cut + 1);
    if (2 * (tail + chance) > 0.05) break;
    tail += chance;
    cut++;
  }
  return { median, low: sorted[cut]!, high: sorted[n - 1 - cut]! };
}
