/** How fast something grows, per unit of time. */
export interface Trend {
  readonly slope: number;
  /** The interval that holds the true slope, but for one time in a hundred. */
  readonly low: number;
  readonly high: number;
}

/** Two-sided, 99 %. */
const Z = 2.576;

/**
 * The median of the slopes of all pairs of points, and its interval by Kendall's statistic: Theil 1950, Sen, "Estimates of the
 * regression coefficient based on Kendall's tau", JASA 63, 1968. A quarter of the points may lie anywhere, and nothing is assumed
 * of how the others are spread. With fewer than 8 points the interval is all that was seen.
 *
 * @param points in order of `at`
 */
export function trendOf(points: readonly { readonly at: number; readonly value: number }[]): Trend {
  const slopes: number[] = [];
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) if (b.at > a.at) slopes.push((b.value - a.value) / (b.at - a.at));
  });
  if (slopes.length === 0) return { slope: 0, low: -Infinity, high: Infinity };
  slopes.sort((a, b) => a - b);
  const n = points.length;
  const spread = n < 8 ? slopes.length : Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (place: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(place)))]!;
  const middle = (slopes.length - 1) / 2;
  return {
    slope: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at(middle - spread / 2),
    high: at(middle + spread / 2),
  };
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
