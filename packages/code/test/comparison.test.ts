import { expect, test } from '@jest/globals';
import { crashes, slowness, worse } from '../src/comparison.js';
import type { Counts } from '../src/counts.js';
import { noCounts } from '../src/counts.js';
import { bucketOf } from '../src/version-stats.js';
import { BUCKETS } from './simulated-load.js';

/** Handlings by their time in ms. */
function timed(times: Record<number, number>): Counts {
  const counts = noCounts(BUCKETS);
  for (const [ms, n] of Object.entries(times)) {
    counts.times[bucketOf(Number(ms))]! += n;
    counts.handled += n;
  }
  return counts;
}

const compared = (fresh: Counts, old: Counts, samples: number) => {
  const one = { fresh, old };
  return { ...one, intervals: [one], samples };
};

const old = timed({ 1: 29_100, 2: 780, 4: 120 }); // p95 1 ms, p99 2 ms

test('a p99 that is not proven by itself is by a p95 that is higher too', () => {
  const fresh = timed({ 1: 1_360, 2: 126, 4: 14 }); // 0.93 % above the old p99, 9.3 % above the old p95
  expect(worse(slowness(old, 0.05), compared(fresh, old, 20))).toBe(
    'p99 of the handling time 2.0 ms, p95 2.0 ms (1,500 timed) against 2.0 ms, p95 1.0 ms (30,000 timed)',
  );
});

test('a p95 that is higher proves nothing where the p99 is as it was', () => {
  const fresh = timed({ 1: 1_360, 2: 134, 4: 6 });
  expect(worse(slowness(old, 0.05), compared(fresh, old, 20))).toBeUndefined();
});

test('what is found in the first samples must be less likely than what is found later', () => {
  const crashed = (n: number, handled: number): Counts => ({ ...noCounts(BUCKETS), handled, crashes: n });
  const seen = (samples: number) => compared(crashed(4, 50), crashed(0, 950), samples); // a chance of 5.6e-6
  expect(worse(crashes, seen(1))).toBeUndefined();
  expect(worse(crashes, seen(20))).toBe('crash rate 8.0 % (4 of 50) against 0 % (0 of 950)');
});
