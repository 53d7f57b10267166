import { expect, test } from '@jest/globals';
import { Pace } from '../../src/port/pace.js';

let now = 1_000;
const pace = new Pace(0.05, () => now);
let asked = 0;

async function ask(tookMs: number): Promise<number> {
  await pace.ask(() => {
    asked++;
    now += tookMs;
    return Promise.resolve();
  });
  return asked;
}

test('what is cheap is asked for at each beat, what is dear rests so long that it takes a twentieth of the time, unless it is in a hurry', async () => {
  expect(await ask(10)).toBe(1);
  now += 1_000;
  expect(await ask(400)).toBe(2);
  now += 400 * 19 - 1;
  expect(await ask(1)).toBe(2);
  now += 1;
  expect(await ask(5_000)).toBe(3);
  pace.hurry();
  expect(await ask(1)).toBe(4);
});

test('what fails rests as well', async () => {
  pace.hurry();
  const failing = pace.ask(() => {
    now += 100;
    return Promise.reject(new Error('away'));
  });
  await expect(failing).rejects.toThrow('away');
  now += 1_000;
  expect(await ask(1)).toBe(4);
  now += 900;
  expect(await ask(1)).toBe(5);
});
