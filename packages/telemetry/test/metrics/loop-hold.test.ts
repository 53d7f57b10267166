import { expect, test } from '@jest/globals';
import { BEAT_MS, LoopHold } from '../../src/metrics/loop-hold.js';

/** A loop whose time the test moves, and a hold that is told of it. */
function loop() {
  const state = { now: 1_000, active: 0 };
  const hold = new LoopHold(1_000, () => state.active);
  /** Passes `ms`, of which the loop is active for some. */
  const pass = (ms: number, active = 0): void => {
    state.now += ms;
    state.active += active;
  };
  const beat = (ms: number, active = ms, isBusy = true): void => {
    pass(ms, active);
    hold.beat(state.now, isBusy);
  };
  const beats = (count: number, active = 10): void => {
    for (let i = 0; i < count; i++) beat(BEAT_MS, active);
  };
  return {
    hold,
    pass,
    beat,
    beats,
    resume: () => hold.resume(state.now),
    take: () => hold.take(state.now),
  };
}

test('a loop that is free was not held', () => {
  const { beats, take } = loop();
  beats(10);
  expect(take()).toBe(0);
});

test('the longest hold is told, once, within one beat of what it was', () => {
  const { beat, beats, take } = loop();
  beats(4);
  beat(80);
  beats(2);
  // held for 300 ms, 10 ms after a beat
  beat(310);
  beats(4);
  expect(take()).toBe(310 - BEAT_MS);
  beats(10);
  expect(take()).toBe(0);
});

test('a hold that is over before the timer has called is told all the same', () => {
  const { pass, beat, take } = loop();
  pass(400, 400);
  expect(take()).toBe(400 - BEAT_MS);
  beat(1);
  pass(1);
  expect(take()).toBe(0);
});

test('it rests once nothing comes any more and the loop is quiet, and is no hold', () => {
  const { hold, beat, pass, take } = loop();
  beat(BEAT_MS, 1, true);
  expect(hold.rests).toBe(false);
  beat(BEAT_MS, 20, false);
  expect(hold.rests).toBe(false);
  beat(BEAT_MS, 1, false);
  expect(hold.rests).toBe(true);
  for (let i = 0; i < 3; i++) {
    pass(250, 5);
    expect(take()).toBe(0);
  }
  expect(hold.rests).toBe(true);
});

test('what the loop does in a rest is one stretch: told when something comes', () => {
  const { hold, beat, pass, resume, take } = loop();
  beat(BEAT_MS, 0, false);
  pass(200, 100);
  resume();
  expect(hold.rests).toBe(false);
  pass(10, 10);
  expect(take()).toBe(100 - BEAT_MS);
});

test('what the loop does in a rest is one stretch: told when it is asked for, and the timer goes on', () => {
  const { hold, beat, beats, pass, take } = loop();
  beat(BEAT_MS, 0, false);
  pass(250, 60);
  expect(take()).toBe(60 - BEAT_MS);
  expect(hold.rests).toBe(false);
  beats(10, 24);
  expect(take()).toBe(0);
});
