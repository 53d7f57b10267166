import { expect, test } from '@jest/globals';
import { runFuzzer } from './run-fuzzer.js';

const cases = 100_000;
const seed = Date.now() % 1_000_000;

test(`every one of ${cases} cases gets the answer that the protocol names, and a witness pair does not notice (seed ${seed})`, async () => {
  // a machine that runs all tests at once measures itself: the full form has 100 ms
  const { code, text } = await runFuzzer('--cases', String(cases), '--seed', String(seed), '--p99-ms', '1000');
  expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/\npassed\n$/) });
  const [, ran, afterHello] = /(\d+) cases in .*, (\d+) of them after HELLO/.exec(text)!;
  expect(Number(ran)).toBe(cases);
  expect(Number(afterHello)).toBeGreaterThanOrEqual(0.75 * cases);
  const [, free] = /(\d+) without a prediction/.exec(text)!;
  expect(Number(free)).toBeLessThan(0.01 * cases);
  console.info(text);
}, 240_000);

test('the same seed makes the same cases', async () => {
  const kindsOf = ({ text }: { text: string }): string | undefined => /kinds: .*/.exec(text)?.[0];
  const [once, again] = await Promise.all([1, 2].map(() => runFuzzer('--cases', '500', '--seed', '7')));
  expect(kindsOf(once!)).toBeDefined();
  expect(kindsOf(once!)).toBe(kindsOf(again!));
}, 60_000);
