import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { plantNames } from '../../src/swap/modules.js';
import { swapPlan } from '../../src/swap/swap-plan.js';
import { swapTest } from '../../src/swap/swap-test.js';

const root = dirname(dirname(dirname(import.meta.dirname)));

/** In small: `make swap-test` is the same with 5,000 connections and 100 swaps. */
const small = { root, connections: 200, swaps: 16, perSecond: 800, canaryGateMs: 500, print: () => undefined };

describe('swaps under load', () => {
  test('nobody notices: no connection is closed, nothing is lost, doubled or out of order', async () => {
    const result = await swapTest(small);
    expect(result.faults).toEqual([]);
    expect(result).toMatchObject({ swaps: 16, rollbacks: 1, canaries: 2, nodeCrashes: 0 });
    expect(result.underTraffic).toBeGreaterThanOrEqual(14);
    expect(result.moved).toBeGreaterThan(16 * 20);
    expect(result.count).toMatchObject({ connections: 200, closed: 0, violationCount: 0 });
  }, 120_000);

  test.each(plantNames)(
    'the people find a module that %s',
    async (plant) => {
      const result = await swapTest({ ...small, connections: 40, swaps: 6, plant, quietLimitMs: 2_000 });
      expect(result.count.violationCount).toBeGreaterThan(0);
    },
    120_000,
  );
});

describe('the plan of a swap test', () => {
  test('has ten rollbacks and ten canaries in a hundred swaps, of all modules', () => {
    const plan = swapPlan(100);
    for (const how of ['rollback', 'canary'] as const) {
      const chosen = plan.filter((swap) => swap.how === how);
      expect(chosen.length).toBeGreaterThanOrEqual(10);
      expect(new Set(chosen.map(({ module }) => module)).size).toBe(3);
    }
  });
});
