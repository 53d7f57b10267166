import { describe, expect, test } from '@jest/globals';
import { newState, step } from '../../src/alerts/alert-state.js';
import { isMet } from '../../src/alerts/alert-rule.js';
import { parseRules } from '../../src/alerts/rule-schema.js';
import { Random } from '../random.js';

const [rule] = parseRules([
  {
    name: 'deep',
    warning: { depth: { above: 100, clear: 40 } },
    critical: { depth: { above: 1_000, clear: 500 } },
    forSeconds: 10,
    clearForSeconds: 20,
  },
]);

/** The level at every second, of a subject with these depths. */
function levels(depths: readonly (number | undefined)[]): string[] {
  const state = newState();
  return depths.map((depth, second) => {
    step(state, rule!, depth === undefined ? undefined : { depth }, 1_000 + second * 1_000);
    return state.level;
  });
}

const times = (n: number, depth: number | undefined): (number | undefined)[] =>
  new Array<number | undefined>(n).fill(depth);

const changes = (of: string[]): string[] => of.filter((level, i) => level !== of[i - 1]);

describe('a mailbox', () => {
  test('fires when its conditions have held for forSeconds, not before', () => {
    const told = levels(times(12, 100));
    expect([told[9], told[10]]).toEqual(['ok', 'warning']);
  });

  test('does not fire when they held for less, as often as that may be', () => {
    const depths = Array.from({ length: 50 }, () => [...times(9, 5_000), ...times(1, 99)]).flat();
    expect(changes(levels(depths))).toEqual(['ok']);
  });

  test('goes on firing between the two thresholds', () => {
    expect(changes(levels([...times(20, 100), ...times(500, 41)]))).toEqual(['ok', 'warning']);
  });

  test('is ok again when it was below the clear threshold for clearForSeconds', () => {
    const told = levels([...times(20, 100), ...times(25, 39)]);
    expect([told[39], told[40]]).toEqual(['warning', 'ok']);
  });

  test('goes from warning to critical and back, and to ok', () => {
    const depths = [...times(20, 150), ...times(20, 1_500), ...times(30, 450), ...times(30, 0)];
    expect(changes(levels(depths))).toEqual(['ok', 'warning', 'critical', 'warning', 'ok']);
  });

  test('that is not there any more is ok after clearForSeconds', () => {
    expect(changes(levels([...times(20, 2_000), ...times(21, undefined)]))).toEqual(['ok', 'critical', 'ok']);
  });

  test('is critical at once from warning when critical has held as long', () => {
    expect(changes(levels(times(20, 2_000)))).toEqual(['ok', 'critical']);
  });
});

const random = new Random();

test(`no depth makes it flap: between two changes there are forSeconds or clearForSeconds (seed ${random.seed})`, () => {
  for (let round = 0; round < 200; round++) {
    let depth = 0;
    const depths = Array.from({ length: 400 }, () => {
      if (random.chance(0.1)) depth = random.below(2_000);
      return Math.max(0, depth + random.below(100) - 50);
    });
    const told = levels(depths);
    const at = told.flatMap((level, i) => (i > 0 && level !== told[i - 1] ? [i] : []));
    at.forEach((second, i) => {
      const isWorse =
        ['ok', 'warning', 'critical'].indexOf(told[second]!) > ['ok', 'warning', 'critical'].indexOf(told[second - 1]!);
      const level = told[second] === 'critical' ? rule!.critical! : rule!.warning!;
      if (isWorse) for (let s = second - 10; s <= second; s++) expect(isMet(level, { depth: depths[s] })).toBe(true);
      else expect(second - (at[i - 1] ?? 0)).toBeGreaterThanOrEqual(20);
    });
  }
});

test('an infinite time to drain is above every threshold, an unknown one below', () => {
  const level = { drainSeconds: { above: 1e6, clear: 1 } };
  expect([isMet(level, { drainSeconds: Infinity }), isMet(level, { drainSeconds: undefined })]).toEqual([true, false]);
});
