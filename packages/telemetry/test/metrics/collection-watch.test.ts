import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CollectionWatch } from '../../src/metrics/collection-watch.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let watch: CollectionWatch;
beforeEach(() => void (watch = new CollectionWatch()));
afterEach(() => watch.close());

test('each collection is counted once, however often it is read, as the observer of the runtime sees it', async () => {
  const durations: number[] = [];
  const seen = new Promise<void>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      durations.push(...list.getEntries().map(({ duration }) => duration / 1_000));
      if (durations.length < 20) return;
      observer.disconnect();
      resolve();
    });
    observer.observe({ entryTypes: ['gc'] });
  });
  for (let i = 0; i < 20; i++) {
    collect();
    if (i % 3 === 0) watch.read();
  }
  const { count, sum } = watch.seconds;
  await seen;
  const least = durations.slice(0, 20).reduce((total, seconds) => total + seconds, 0);
  // a few that nobody asked for may come in between
  expect(count).toBeGreaterThanOrEqual(20);
  expect(count).toBeLessThanOrEqual(24);
  expect(sum).toBeGreaterThan(least * 0.8);
  expect(sum).toBeLessThan(least * 1.5);
});

test('nothing is counted before it is there', () => {
  collect();
  const later = new CollectionWatch();
  expect(later.seconds.count).toBeLessThanOrEqual(1);
  later.close();
});
