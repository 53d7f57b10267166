import { beforeEach, expect, test } from '@jest/globals';
import { Pulse } from '../../src/port/pulse.js';
import type { Beat, PulseState } from '../../src/port/pulse.js';

/** What a test says of each beat; a clock that only the test moves. */
let beats: number;
let answer: (beat: Beat) => Promise<void>;
let timer: { readonly ms: number; readonly fire: () => void } | null;
let states: PulseState[];
let pulse: Pulse;

beforeEach(() => {
  beats = 0;
  timer = null;
  states = [];
  pulse = new Pulse({
    beat: () => {
      beats++;
      return new Promise<Beat>((resolve) => {
        answer = async (beat) => {
          resolve(beat);
          for (let i = 0; i < 3; i++) await Promise.resolve();
        };
      });
    },
    after: (ms, callback) => {
      const mine = { ms, fire: callback };
      timer = mine;
      return () => {
        if (timer === mine) timer = null;
      };
    },
    onState: (state) => states.push(state),
  });
});

async function pass(beat: Beat): Promise<void> {
  const { fire } = timer!;
  timer = null;
  fire();
  await answer(beat);
}

test('it beats once a second, one beat after the other', async () => {
  pulse.wake();
  expect([beats, timer]).toEqual([1, null]);
  await answer('ok');
  expect(timer).toMatchObject({ ms: 1_000 });
  await pass('ok');
  expect([beats, timer!.ms, states]).toEqual([2, 1_000, []]);
});

test('a router that is away is asked ever less often, but for ever', async () => {
  pulse.wake();
  await answer('away');
  const pauses: number[] = [];
  for (let i = 0; i < 7; i++) {
    pauses.push(timer!.ms);
    await pass('away');
  }
  expect(pauses).toEqual([1_000, 1_000, 2_000, 3_000, 5_000, 5_000, 5_000]);
  await pass('ok');
  expect([timer!.ms, states]).toEqual([1_000, ['away', 'live']]);
});

test('a session that has ended is told from a router that is away', async () => {
  pulse.wake();
  await answer('ended');
  await pass('away');
  await pass('ok');
  expect(states).toEqual(['ended', 'away', 'live']);
});

test('asked for at once it beats at once, or when the beat under way is over', async () => {
  pulse.wake();
  pulse.now();
  pulse.now();
  expect(beats).toBe(1);
  await answer('ok');
  expect(beats).toBe(2);
  await answer('ok');
  expect([beats, timer!.ms]).toEqual([2, 1_000]);
  pulse.now();
  expect([beats, timer]).toEqual([3, null]);
});

test('while nobody looks it rests', async () => {
  pulse.wake();
  await answer('ok');
  pulse.rest();
  pulse.now();
  expect([beats, timer]).toEqual([1, null]);
  pulse.wake();
  expect(beats).toBe(2);
  pulse.rest();
  await answer('ok');
  expect(timer).toBeNull();
});
