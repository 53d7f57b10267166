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

/** What is compared, and from which difference on it matters. */
export interface Measure {
  /** The same words in each rollback of this kind. */
  readonly name: string;
  readonly events: (counts: Counts) => number;
  /** Other events that prove it as well, where those are too rare to. */
  readonly moreEvidence?: (counts: Counts) => number;
  readonly trials: (counts: Counts) => number;
  /** Less likely than this is no chance; default {@link CHANCE}. */
  readonly chance?: number;
  /** Whether the share of the new version is worse by enough to matter. */
  readonly matters: (fresh: number, old: number) => boolean;
  /** The figures of both, in words. */
  readonly words: (counts: Counts) => string;
}

/** Of one-sided tests. Each sample is a test, 120 in 30 s, of three measures: two false alarms in 50 gates are rare even if all were independent. */
const CHANCE = 2e-6;
/** Of times, which a long tail hides for longer: what is twice as slow must be found within 10 s. */
const CHANCE_OF_TIMES = 1e-5;
/** Fewer are no evidence, however unlikely. */
const LEAST_EVENTS = 3;

export const crashes: Measure = {
  name: 'crash rate',
  events: (counts) => counts.crashes,
  trials: trialsOf,
  matters: (fresh, old) => fresh >= old * 1.5 && fresh - old >= 0.002,
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
 * new p99 is that much higher; whether that is chance is also seen in the p95, which has five times as many events.
 * @param floorMs a difference below it does not matter
 */
export function slowness(usual: Counts, floorMs: number): Measure {
  const limit = slowLimit(usual, 0.99, floorMs);
  const lesser = slowLimit(usual, 0.95, floorMs);
  return {
    name: 'p99 of the handling time',
    events: (counts) => timedAbove(counts, limit),
    moreEvidence: (counts) => timedAbove(counts, lesser),
    trials: timedOf,
    chance: CHANCE_OF_TIMES,
    matters: (fresh, old) => fresh > 0.01 && fresh >= old * 1.5,
    words: (counts) => {
      const ms = bucketEndMs(quantileBucket(counts, 0.99));
      return `${time(ms)} (${count(timedOf(counts))} timed)`;
    },
  };
}

/** The sentence that says that the new version is worse, or undefined. */
export function worse(
  measure: Measure,
  fresh: Counts,
  old: Counts,
  intervals: readonly Interval[],
): string | undefined {
  const { name, events, moreEvidence, words, matters } = measure;
  if (events(fresh) < LEAST_EVENTS || !matters(share(measure, fresh), share(measure, old))) return undefined;
  const proven = provenBy(events, measure, intervals) || (moreEvidence && provenBy(moreEvidence, measure, intervals));
  return proven ? `${name} ${words(fresh)} against ${words(old)}` : undefined;
}

function provenBy(
  events: Measure['events'],
  { trials, chance = CHANCE }: Measure,
  intervals: readonly Interval[],
): boolean {
  const excess = new Excess();
  for (const { fresh, old } of intervals) excess.add(events(fresh), trials(fresh), events(old), trials(old));
  return excess.observed >= LEAST_EVENTS && excess.chance < chance;
}

export function share({ events, trials }: Measure, counts: Counts): number {
  const all = trials(counts);
  return all === 0 ? 0 : events(counts) / all;
}
