import { expect, test } from '@jest/globals';
import { LatencyHistogram } from '../../src/load/latency-histogram.js';
import { seededRandom } from '../../src/seeded-random.js';

test('quantiles lie within 1.6 % of the exact ones', () => {
  const seed = Date.now() >>> 0;
  const random = seededRandom(seed);
  const histogram = new LatencyHistogram();
  const values = Array.from({ length: 20_000 }, () => Math.floor(Math.exp(random() * 18)));
  for (const value of values) histogram.record(value);
  values.sort((a, b) => a - b);
  for (const fraction of [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
    const exact = values[Math.max(1, Math.ceil(values.length * fraction)) - 1]!;
    const found = histogram.quantile(fraction)!;
    if (Math.abs(found - exact) > exact * 0.016 + 0.5)
      throw new Error(`seed ${seed}: p${fraction} ${found}, not ${exact}`);
  }
  expect(histogram.count).toBe(20_000);
});

test('an empty histogram has no quantile', () => {
  expect(new LatencyHistogram().quantile(0.5)).toBeUndefined();
});

test('what two processes recorded adds up', () => {
  const one = new LatencyHistogram();
  const other = new LatencyHistogram();
  one.record(10, 3);
  other.record(1000);
  one.merge(other.snapshot());
  expect(one.count).toBe(4);
  expect(one.quantile(0.75)).toBe(10);
  expect(one.quantile(1)).toBeGreaterThan(990);
});

test('negative and enormous values are kept at the ends', () => {
  const histogram = new LatencyHistogram();
  histogram.record(-5);
  histogram.record(1e15);
  expect(histogram.quantile(0.5)).toBe(0);
  expect(histogram.quantile(1)).toBeGreaterThan(2e9);
});
