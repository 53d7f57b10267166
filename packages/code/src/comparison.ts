import { quantileBucket, timedAbove, timedOf, trialsOf } from './counts.js';
import type { Counts } from './counts.js';
import { Excess } from './excess.js';
import { count, rate, time } from './figures.js';
import { bucketEndMs, bucketOf } from './version-stats.js';

/** What both versions did between two samples. */
export interface Interval {
  readonly fresh: Counts;
  readonly old: Counts;
}

/** What both did so far. */
export interface Seen extends Interval {
  readonly intervals: readonly Interval[];
  /** How often it was judged, this time among them. */
  readonly samples: number;
}

/** Events that show that a version is worse. */
export interface Evidence {
  readonly events: (counts: Counts) => number;
  /** Whether the share of the new version is worse by enough to matter. */
  readonly matters: (fresh: number, old: number) => boolean;
  /** The figures of both, in words. */
  readonly words: (counts: Counts) => string;
}

/** What is compared. */
export interface Measure extends Evidence {
  /** The same words in each rollback of this kind. */
  readonly name: string;
  /** What proves it as well, where those events are too rare to. */
  readonly moreEvidence?: Evidence;
  readonly trials: (counts: Counts) => number;
}

/**
 * Less likely than this is no chance, of a one-sided test in each sample. Samples see mostly what those before saw: the 120 of
 * 30 s err about ten times as often as one (README, "How sure it is").
 */
const CHANCE = 2e-5;
/** A part of it only in the first samples, as many as there are in 5 s: what is not gross then needs more events anyway. */
const SPENT_OVER_SAMPLES = 20;
/** Fewer are no evidence, however unlikely. */
const LEAST_EVENTS = 3;
/** Of a crash rate, and of the share of slow handlings. */
const LEAST_RATIO = 1.5;

export const crashes: Measure = {
  name: 'crash rate',
  events: (counts) => counts.crashes,
  trials: trialsOf,
  matters: (fresh, old) => fresh >= old * LEAST_RATIO && fresh - old >= 0.002,
  words: (counts) => rate(counts.crashes, trialsOf(counts)),
};

export const rejects: Measure = {
  name: 'reject rate',
  events: (counts) => counts.rejects,
  trials: trialsOf,
  matters: (fresh, old) => fresh - old >= 0.02,
  words: (counts) => rate(counts.rejects, trialsOf(counts)),
};

/** Buckets above that of the old quantile from which on a handling is slow: 1.2 to 1.7 times the old time. */
const SLOWER_BUCKETS = 2;

/** The bucket above which a handling took clearly longer than this part of them did with the old version. */
function slowLimit(usual: Counts, quantile: number, floorMs: number): number {
  const bucket = quantileBucket(usual, quantile);
  return Math.max(bucket + SLOWER_BUCKETS, bucketOf(bucketEndMs(bucket) + floorMs));
}

/**
 * Handlings that take clearly longer than 99 of 100 did with the old version. Where more than one in a hundred does, the
 * new p99 is that much higher. A p95 that is as much higher, which has five times as many events, proves it as well where
 * the p99 looks higher.
 * @param floorMs a difference below it does not matter
 */
export function slowness(usual: Counts, floorMs: number): Measure {
  const limit = slowLimit(usual, 0.99, floorMs);
  const lesser = slowLimit(usual, 0.95, floorMs);
  const ms = (counts: Counts, quantile: number): string => time(bucketEndMs(quantileBucket(counts, quantile)));
  return {
    name: 'p99 of the handling time',
    events: (counts) => timedAbove(counts, limit),
    matters: (fresh, old) => fresh > 0.01 && fresh >= old * LEAST_RATIO,
    words: (counts) => `${ms(counts, 0.99)} (${count(timedOf(counts))} timed)`,
    moreEvidence: {
      events: (counts) => timedAbove(counts, lesser),
      matters: (fresh, old) => fresh > 0.05 && fresh >= old * LEAST_RATIO,
      words: (counts) => `${ms(counts, 0.99)}, p95 ${ms(counts, 0.95)} (${count(timedOf(counts))} timed)`,
    },
    trials: timedOf,
  };
}

/** The sentence that says that the new version is worse, or undefined. */
export function worse(measure: Measure, seen: Seen): string | undefined {
  const evidence = proof(measure, seen);
  return evidence && `${measure.name} ${evidence.words(seen.fresh)} against ${evidence.words(seen.old)}`;
}

/** What proves it. */
function proof(measure: Measure, seen: Seen): Evidence | undefined {
  if (isProven(measure, seen)) return measure;
  const { moreEvidence: more } = measure;
  const isHigher = share(measure, seen.fresh) > share(measure, seen.old) * LEAST_RATIO;
  return more && isHigher && isProven({ ...measure, ...more }, seen) ? more : undefined;
}

function isProven(measure: Measure, { fresh, old, intervals, samples }: Seen): boolean {
  const { events, trials, matters } = measure;
  if (events(fresh) < LEAST_EVENTS || !matters(share(measure, fresh), share(measure, old))) return false;
  const excess = new Excess();
  for (const one of intervals) excess.add(events(one.fresh), trials(one.fresh), events(one.old), trials(one.old));
  const chance = CHANCE * Math.min(1, samples / SPENT_OVER_SAMPLES);
  return excess.observed >= LEAST_EVENTS && excess.chance < chance;
}

export function share({ events, trials }: Measure, counts: Counts): number {
  const all = trials(counts);
  return all === 0 ? 0 : events(counts) / all;
}
