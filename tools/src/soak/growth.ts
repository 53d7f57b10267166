import { medianOf, trendOf } from './trend.js';
import type { Trend } from './trend.js';

/** What one quantity was at one time; ms since the beginning. */
export interface Reading {
  readonly at: number;
  readonly value: number;
}

export interface GrowthLimits {
  /** What lies before is not judged, ms. */
  readonly from: number;
  /** Readings of so many ms count as one, their median. */
  readonly windowMs: number;
  /** Share of its level that a quantity may grow in an hour. */
  readonly share: number;
  /** Growth in an hour that is allowed whatever the level, in the unit of the quantity. */
  readonly floor: number;
}

/** What became of one quantity. All in its unit, or its unit an hour. */
export interface Growth {
  readonly level: number;
  readonly perHour: Trend;
  readonly allowedPerHour: number;
  readonly grows: boolean;
}

const HOUR_MS = 3_600_000;
/** A shorter run sees less of noise that comes and goes slowly: it allows as much growth in all as one of so long. */
const SHORTEST_JUDGED_MS = 1_500_000;

/**
 * Whether a quantity grows: it does when even the lower end of the interval of its trend is above what is allowed, so that noise alone
 * is not taken for growth.
 */
export function growthOf(readings: readonly Reading[], limits: GrowthLimits): Growth {
  const judged = windowMedians(
    readings.filter(({ at }) => at >= limits.from),
    limits.windowMs,
  );
  const level = judged.length === 0 ? 0 : medianOf(judged.map(({ value }) => value));
  const { slope, low, high } = trendOf(judged);
  const judgedMs = judged.length === 0 ? 0 : judged.at(-1)!.at - judged[0]!.at;
  const stretch = Math.max(1, SHORTEST_JUDGED_MS / Math.max(1, judgedMs));
  const allowedPerHour = (limits.share * Math.abs(level) + limits.floor) * stretch;
  const perHour = { slope: slope * HOUR_MS, low: low * HOUR_MS, high: high * HOUR_MS };
  return { level, perHour, allowedPerHour, grows: perHour.low > allowedPerHour };
}

/** The median of each window, at the window's middle. */
export function windowMedians(readings: readonly Reading[], windowMs: number): Reading[] {
  const windows = new Map<number, number[]>();
  for (const { at, value } of readings) {
    const window = Math.floor(at / windowMs);
    const values = windows.get(window);
    if (values === undefined) windows.set(window, [value]);
    else values.push(value);
  }
  return [...windows].map(([window, values]) => ({ at: (window + 0.5) * windowMs, value: medianOf(values) }));
}
