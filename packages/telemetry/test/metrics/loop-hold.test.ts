import { expect, test } from '@jest/globals';
import { BEAT_MS, LoopHold } from '../../src/metrics/loop-hold.js';

/** Beats on time from `from` to `to`; returns when the last was. */
function beats(hold: LoopHold, from: number, to: number): number {
  let now = from;
  for (; now + BEAT_MS <= to; now += BEAT_MS) hold.beat(now + BEAT_MS);
  return now;
}

test('a loop that is free was not held', () => {
  const hold = new LoopHold(1_000);
  const now = beats(hold, 1_000, 1_250);
  expect(hold.take(now)).toBe(0);
});

test('the longest hold is told, once, within one beat of what it was', () => {
  const hold = new LoopHold(1_000);
  let now = beats(hold, 1_000, 1_100);
  hold.beat((now += 80));
  now = beats(hold, now, now + 50);
  // held for 300 ms, 10 ms after a beat
  hold.beat((now += 310));
  now = beats(hold, now, now + 100);
  expect(hold.take(now)).toBe(310 - BEAT_MS);
  expect(hold.take(beats(hold, now, now + 250))).toBe(0);
});

test('a hold that is over before the timer has called is told all the same', () => {
  const hold = new LoopHold(1_000);
  expect(hold.take(1_400)).toBe(400 - BEAT_MS);
  hold.beat(1_401);
  expect(hold.take(1_402)).toBe(0);
});
