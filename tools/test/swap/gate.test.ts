import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { gateTest } from '../../src/swap/gate-test.js';

const root = dirname(dirname(dirname(import.meta.dirname)));

// `make gate-test` is the same with 50 loads of the same code and a gate of 10 s
test('a canary under load: the same code stays, and code that is worse goes back within 10 s and touches nobody else', async () => {
  const options = { root, connections: 400, perSecond: 4_000, same: 1, gateMs: 8_000, print: () => undefined };
  const { runs, closed, faults } = await gateTest(options);
  expect(faults).toEqual([]);
  expect(closed).toBe(0);
  expect(runs.map(({ manner, phase }) => `${manner} ${phase}`)).toEqual([
    'same kept',
    'throws rolled_back',
    'slow rolled_back',
    'rejects rolled_back',
    'piles_up rolled_back',
  ]);
}, 120_000);
