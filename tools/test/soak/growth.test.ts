import { expect, test } from '@jest/globals';
import { seededRandom } from '../../src/seeded-random.js';
import { growthOf, windowMedians } from '../../src/soak/growth.js';
import { growing, soakTable, sparkline } from '../../src/soak/soak-table.js';
import { judge } from '../../src/soak/soak-test.js';
import { quantityNames } from '../../src/soak/quantity.js';

const MINUTE_MS = 60_000;
const HALF_AN_HOUR_MS = 30 * MINUTE_MS;
const limits = { from: 5 * MINUTE_MS, windowMs: 30_000, share: 0.02, floor: 10 };

/** Every 5 s for half an hour. */
const run = (value: (minutes: number) => number) =>
  Array.from({ length: 361 }, (_, i) => ({ at: i * 5_000, value: value((i * 5_000) / MINUTE_MS) }));

test('a level with noise does not grow, whatever the noise', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed);
    expect(
      growthOf(
        run(() => 1_000 * (0.8 + 0.4 * random())),
        limits,
      ),
    ).toMatchObject({ grows: false });
  }
});

test('what leaks a tenth of itself in an hour is found below noise of half as much', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed);
    const leaking = run((minutes) => 1_000 + (100 / 60) * minutes + 50 * (random() - 0.5));
    expect(growthOf(leaking, limits)).toMatchObject({ grows: true });
  }
});

test('what happens before a router is warm does not count', () => {
  expect(
    growthOf(
      run((minutes) => Math.min(minutes, 5) * 1_000),
      limits,
    ),
  ).toMatchObject({ level: 5_000, grows: false });
});

test('what shrinks, and what is nothing, does not grow', () => {
  expect(
    growthOf(
      run((minutes) => 1_000 - minutes),
      limits,
    ).grows,
  ).toBe(false);
  expect(
    growthOf(
      run(() => 0),
      limits,
    ),
  ).toMatchObject({ level: 0, grows: false });
});

test('a shorter run allows as much growth in all, not as much an hour', () => {
  const short = run((minutes) => 1_000 + minutes / 10).filter(({ at }) => at < 10 * MINUTE_MS);
  const { allowedPerHour } = growthOf(short, limits);
  expect(allowedPerHour).toBeCloseTo((30 * 25) / 4.5, -1);
});

test('a window is its median, at its middle', () => {
  const readings = [1, 100, 3, 7].map((value, i) => ({ at: i * 10, value }));
  expect(windowMedians(readings, 30)).toEqual([
    { at: 15, value: 3 },
    { at: 45, value: 7 },
  ]);
});

test('a line goes from the least to the most', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([5, 5, 5])).toBe('▁▁▁');
  expect(sparkline([0, 0, 7, 7], 2)).toBe('▁█');
});

test('the table and the verdict name what grows, how fast, and what is allowed', () => {
  const readings = Object.fromEntries(
    quantityNames.map((name) => [name, run((minutes) => (name === 'descriptors' ? 40 + minutes : 1 << 20))]),
  ) as unknown as Parameters<typeof judge>[0];
  const growths = judge(readings, HALF_AN_HOUR_MS);
  expect(growing(growths)).toEqual([
    'node: descriptors beside connections grows by 60 an hour, 60 at least; allowed is 13',
  ]);
  expect(soakTable(readings, growths)).toMatch(/node: descriptors beside connections +58 +\+60 .*▁.*█ {2}GROWS/);
});
