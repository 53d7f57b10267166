import { describe, expect, test } from '@jest/globals';
import { FixedHistogram } from '@mailbeam/telemetry';
import { QuantilesSince } from '../../src/telemetry/quantile.js';
import { KEPT_SECONDS, Seconds } from '../../src/telemetry/seconds.js';

describe('the last seconds', () => {
  test('are told once to whoever asks again', () => {
    const seconds = new Seconds('run', ['depth', 'p99']);
    seconds.add(1_000, { depth: 3, p99: NaN });
    seconds.add(2_000, { depth: 4, p99: 0.123456789 });
    expect(seconds.after(0)).toEqual({
      ...{ run: 'run', last: 2, at: [1_000, 2_000] },
      columns: { depth: [3, 4], p99: [null, 0.123457] },
    });
    expect(seconds.after(1)).toMatchObject({ last: 2, at: [2_000], columns: { depth: [4] } });
    expect(seconds.after(2)).toMatchObject({ last: 2, at: [] });
    expect(seconds.after(99)).toMatchObject({ last: 2, at: [] });
  });

  test('are ten minutes', () => {
    const seconds = new Seconds('run', ['depth']);
    for (let second = 1; second <= KEPT_SECONDS + 5; second++) seconds.add(second, { depth: second });
    const { at, columns, last } = seconds.after(0);
    expect([last, at.length, at[0], at.at(-1), columns['depth']]).toEqual([605, 600, 6, 605, at]);
    expect(seconds.after(603).at).toEqual([604, 605]);
  });
});

describe('quantiles between two looks', () => {
  test('are of what was observed meanwhile alone, within its bucket', () => {
    const histogram = new FixedHistogram([1, 2, 4]);
    histogram.observe(3, 1_000);
    const quantiles = new QuantilesSince(histogram);
    histogram.observe(1.5, 99);
    histogram.observe(3, 1);
    quantiles.look();
    expect([quantiles.of(0.5), quantiles.of(0.99), quantiles.of(1)]).toEqual([1 + 50 / 99, 2, 4]);
    quantiles.look();
    expect(quantiles.of(0.5)).toBeNaN();
  });

  test('above the last bound are the last bound', () => {
    const histogram = new FixedHistogram([1, 2]);
    const quantiles = new QuantilesSince(histogram);
    histogram.observe(60);
    quantiles.look();
    expect(quantiles.of(0.5)).toBe(2);
  });
});
