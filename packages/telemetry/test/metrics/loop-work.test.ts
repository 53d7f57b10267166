import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { LoopWork } from '../../src/metrics/loop-work.js';

test('what computes is work, and what waits is none', async () => {
  const work = new LoopWork();
  const start = process.cpuUsage();
  const used = (): number => process.cpuUsage(start).user / 1_000;
  while (used() < 40);
  const computed = work.ms();
  expect(computed).toBeGreaterThan(20);
  await wait(200);
  expect(work.ms() - computed).toBeLessThan(100);
});
