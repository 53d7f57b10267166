import { describe, expect, test } from '@jest/globals';
import { Budget, Strikes } from '../../src/port/rate.js';

const take = (budget: Budget, now: number, times: number): number => {
  let taken = 0;
  for (let n = 0; n < times; n++) if (budget.take(now)) taken++;
  return taken;
};

describe('a budget', () => {
  test('gives one second of its rate at once and then refuses', () => {
    expect(take(new Budget(10), 1_000, 25)).toBe(10);
  });

  test('fills evenly with the time that passes', () => {
    const budget = new Budget(10);
    take(budget, 1_000, 10);
    expect([take(budget, 1_099, 5), take(budget, 1_100, 5), take(budget, 1_350, 5)]).toEqual([0, 1, 2]);
  });

  test('never holds more than one second of its rate', () => {
    const budget = new Budget(10);
    take(budget, 1_000, 10);
    expect(take(budget, 1_000_000, 25)).toBe(10);
  });
});

describe('strikes', () => {
  const add = (strikes: Strikes, now: number, times: number): boolean => {
    let out = false;
    for (let n = 0; n < times; n++) out = strikes.add(now);
    return out;
  };

  test('are too many with the 1,001st within 10 s', () => {
    const strikes = new Strikes();
    expect(add(strikes, 1_000, 1_000)).toBe(false);
    expect(add(strikes, 11_000, 1)).toBe(true);
  });

  test('are forgotten after 10 s', () => {
    const strikes = new Strikes();
    add(strikes, 1_000, 1_000);
    expect(add(strikes, 11_001, 1_000)).toBe(false);
    expect(add(strikes, 11_001, 1)).toBe(true);
  });
});
