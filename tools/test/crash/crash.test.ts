import { expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { crashTest } from '../../src/crash/crash-test.js';

test('five rounds of kills lose, double and swap nothing', async () => {
  const seed = Date.now() % 1_000_000;
  const lines: string[] = [];
  const { failed, missed } = await crashTest({
    rounds: 5,
    seed,
    messages: 4000,
    root: checkoutRoot,
    startMs: 400,
    keepGoing: false,
    keepData: false,
    print: (line) => lines.push(line),
  });
  // The seed and where the logs are kept stand in the lines.
  if (failed.length > 0 || missed.length > 0) throw new Error(`seed ${seed}\n${lines.join('\n')}`);
  expect(lines.filter((line) => line.startsWith('round'))).toHaveLength(5);
}, 180_000);
