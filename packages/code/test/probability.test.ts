import { describe, expect, test } from '@jest/globals';
import { Canary } from '../src/canary.js';
import { Excess } from '../src/excess.js';
import { binomialTail } from '../src/probability.js';
import { normalTail } from './normal-tail.js';

describe('chances', () => {
  test('of the normal distribution are those of the tables', () => {
    expect(normalTail(0)).toBeCloseTo(0.5, 12);
    expect(normalTail(1.959963985)).toBeCloseTo(0.025, 9);
    expect(normalTail(-1)).toBeCloseTo(0.841344746, 8);
    expect(normalTail(4.264890794) / 1e-5).toBeCloseTo(1, 5);
    expect(normalTail(3.000001) / normalTail(2.999999)).toBeCloseTo(1, 4);
    expect(normalTail(10) / 7.619853e-24).toBeCloseTo(1, 5);
  });

  test('of the binomial distribution are exact', () => {
    expect(binomialTail(2, 3, 0.5)).toBeCloseTo(0.5, 12);
    expect(binomialTail(10, 10, 0.1) / 1e-10).toBeCloseTo(1, 9);
    expect(binomialTail(1, 1_000, 0.001)).toBeCloseTo(1 - 0.999 ** 1_000, 10);
    expect([binomialTail(0, 5, 0.5), binomialTail(6, 5, 0.5), binomialTail(1, 5, 0)]).toEqual([1, 0, 0]);
  });
});

/** How likely it is that so many (the index) of the events fall on the first of two groups. */
function hypergeometric(first: number, second: number, events: number): number[] {
  const chances = [1];
  for (let k = 0; k < Math.min(first, events); k++)
    chances.push((chances[k]! * (first - k) * (events - k)) / ((k + 1) * (second - events + k + 1)));
  const sum = chances.reduce((a, b) => a + b, 0);
  return chances.map((chance) => chance / sum);
}

function convolved(a: readonly number[], b: readonly number[]): number[] {
  const sums = Array.from({ length: a.length + b.length - 1 }, () => 0);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) sums[i + j] = sums[i + j]! + x * y;
  return sums;
}

describe('an excess', () => {
  test('of what hits both versions at the same time is none', () => {
    const excess = new Excess();
    for (let i = 0; i < 40; i++) {
      const hit = i % 10 === 0 ? 20 : 0; // a pause now and then, when the new version has much to do
      excess.add(hit * 2, hit * 10 + 50, hit * 2, hit * 10 + 50);
    }
    expect(excess.chance).toBeGreaterThan(0.4);
  });

  test('of 11 events that all fall on 5 % of the handlings is no chance', () => {
    const excess = new Excess();
    excess.add(11, 1_003, 0, 19_200);
    expect(excess.chance).toBeLessThan(1e-13);
    expect(excess.chance / (1_003 / 20_203) ** 11).toBeCloseTo(1, 6);
  });

  test('in many windows has the chance of all of them together, also far out', () => {
    // 40 windows with 50 handlings of the new version, 950 of the old one and 100 events: exact, by convolution
    const one = hypergeometric(50, 950, 100);
    let all = [1];
    for (let i = 0; i < 40; i++) all = convolved(all, one);
    for (const observed of [205, 230, 260, 280, 300]) {
      const excess = new Excess();
      for (let i = 0; i < 40; i++) {
        const fresh = Math.floor((observed * (i + 1)) / 40) - Math.floor((observed * i) / 40);
        excess.add(fresh, 50, 100 - fresh, 950);
      }
      expect(excess).toMatchObject({ observed, expected: 200 });
      const exact = all.slice(observed).reduce((sum, chance) => sum + chance, 0);
      expect(excess.chance / exact).toBeGreaterThan(0.9);
      expect(excess.chance / exact).toBeLessThan(1.1);
    }
  });

  test('is not seen in times in which only one version did anything', () => {
    const excess = new Excess();
    excess.add(50, 100, 0, 0);
    expect(excess).toMatchObject({ observed: 0, chance: 1 });
  });
});

describe('a canary', () => {
  test('has its share of the instances, whatever their keys look like, and another one each time', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
    const parts = ['1.0.0', '1.0.1', '1.0.2'].map((version) => {
      const canary = new Canary('echo', version, 5);
      return new Set(keys.filter((key) => canary.has(key)));
    });
    for (const part of parts) expect(Math.abs(part.size - 1_000)).toBeLessThan(150);
    const both = [...parts[0]!].filter((key) => parts[1]!.has(key));
    expect(Math.abs(both.length - 50)).toBeLessThan(40);
  });

  test('is the same part after a restart, and everybody at 100 %', () => {
    const [a, b, all] = [new Canary('x', '1', 30), new Canary('x', '1', 30), new Canary('x', '1', 100)];
    for (let i = 0; i < 1_000; i++) {
      expect(a.has(String(i))).toBe(b.has(String(i)));
      expect(all.has(String(i))).toBe(true);
    }
  });
});
