import type { VersionStats } from './version-stats.js';

/** What a version did until a moment, or between two. */
export interface Counts {
  handled: number;
  crashes: number;
  rejects: number;
  readonly times: Uint32Array;
}

export function countsOf(stats: VersionStats): Counts {
  const { handled, crashes, rejects, times } = stats;
  return { handled, crashes, rejects, times: times.slice() };
}

export function noCounts(buckets: number): Counts {
  return { handled: 0, crashes: 0, rejects: 0, times: new Uint32Array(buckets) };
}

export function difference(later: Counts, earlier: Counts): Counts {
  return {
    handled: later.handled - earlier.handled,
    crashes: later.crashes - earlier.crashes,
    rejects: later.rejects - earlier.rejects,
    times: later.times.map((n, i) => n - earlier.times[i]!),
  };
}

/** Adds to `into`. */
export function add(into: Counts, more: Counts): void {
  into.handled += more.handled;
  into.crashes += more.crashes;
  into.rejects += more.rejects;
  for (let i = 0; i < into.times.length; i++) into.times[i] = into.times[i]! + more.times[i]!;
}

/** Handlings that began: one that threw may not be among those that were handled. */
export const trialsOf = (counts: Counts): number => Math.max(counts.handled, counts.crashes, counts.rejects);

export function timedOf(counts: Counts): number {
  let sum = 0;
  for (const n of counts.times) sum += n;
  return sum;
}

/** Handlings in buckets above this one. */
export function timedAbove(counts: Counts, bucket: number): number {
  let sum = 0;
  for (let i = bucket + 1; i < counts.times.length; i++) sum += counts.times[i]!;
  return sum;
}

/** The bucket in which the quantile lies; -1 where nothing was timed. */
export function quantileBucket(counts: Counts, quantile: number): number {
  const least = timedOf(counts) * quantile;
  if (least === 0) return -1;
  let sum = 0;
  for (let i = 0; i < counts.times.length; i++) {
    sum += counts.times[i]!;
    if (sum >= least) return i;
  }
  return counts.times.length - 1;
}
