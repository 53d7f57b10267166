import { expect, test } from '@jest/globals';
import { LoopWatch, POLL_MS, REST_MS } from '../../src/watchdog/loop-watch.js';

const looks = (watch: LoopWatch, count: number, beats: number, inTurn: boolean): string[] =>
  Array.from({ length: count }, () => watch.look(beats, inTurn));

test('a loop that moves is left alone', () => {
  const watch = new LoopWatch(500);
  for (let beat = 0; beat < 100; beat++) expect(watch.look(beat, beat % 2 === 0)).toBe('moves');
});

test('a handler that stays is noted at the third look, and ended at the limit', () => {
  const watch = new LoopWatch(125);
  expect(looks(watch, 6, 7, true)).toEqual(['moves', 'waits', 'note', 'waits', 'waits', 'end']);
  expect(watch.heldMs).toBe(125);
});

test('code outside of a turn has longer until it is noted: only ticks are due there', () => {
  const watch = new LoopWatch(1_000);
  expect(looks(watch, 20, 7, false)).not.toContain('note');
  expect(watch.look(7, false)).toBe('note');
});

test('a loop that was noted and moves again is forgotten', () => {
  const watch = new LoopWatch(2_000);
  looks(watch, 4, 7, true);
  expect(watch.heldMs).toBe(75);
  expect(looks(watch, 2, 8, true)).toEqual(['moves_again', 'waits']);
  expect(watch.look(9, true)).toBe('moves');
});

test('it may rest while nothing runs, and not before a rest without a beat is cleared up', () => {
  const watch = new LoopWatch(500);
  watch.look(1, true);
  expect(watch.mayRest).toBe(false);
  watch.look(2, false);
  expect(watch.mayRest).toBe(true);
  watch.look(2, false);
  expect(watch.mayRest).toBe(true);
  expect(watch.look(2, false, REST_MS / POLL_MS)).toBe('waits');
  expect(watch.mayRest).toBe(false);
  expect(watch.look(3, false)).toBe('moves');
  expect(watch.mayRest).toBe(true);
});

test('a rest without a beat is held time: noted and ended as if it had been looked at', () => {
  const watch = new LoopWatch(1_000);
  watch.look(7, false);
  watch.look(7, false, REST_MS / POLL_MS);
  expect(watch.heldMs).toBe(REST_MS);
  const rest = looks(watch, 28, 7, false);
  expect([rest.indexOf('note'), rest.indexOf('end')]).toEqual([7, 27]);
});
