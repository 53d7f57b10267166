import { describe, expect, test } from '@jest/globals';
import { Sampler } from '../../src/traces/sampler.js';

/** How many of `messages` are taken, all at one moment. */
function taken(sampler: Sampler, messages: number, now = 1): number {
  let count = 0;
  for (let i = 0; i < messages; i++) if (sampler.takes(now)) count++;
  return count;
}

describe('the sampler', () => {
  test('takes none before it is given a share, and none of a share of 0', () => {
    const sampler = new Sampler(10);
    expect(taken(sampler, 10_000)).toBe(0);
    sampler.share = 1;
    sampler.share = 0;
    expect(taken(sampler, 10_000)).toBe(0);
  });

  test('takes all of a share of 1', () => {
    const sampler = new Sampler(1_000);
    sampler.share = 1;
    expect(taken(sampler, 500)).toBe(500);
  });

  test.each([0.001, 0.01, 0.3, 0.9])('takes about its share of the messages: %d', (share) => {
    const messages = 100_000;
    const mean = share * messages;
    for (let seed = 1; seed <= 20; seed++) {
      const sampler = new Sampler(messages, random(seed));
      sampler.share = share;
      expect(Math.abs(taken(sampler, messages) - mean)).toBeLessThan(4.5 * Math.sqrt(mean * (1 - share)));
    }
  });

  test('takes no more than so many a second, and counts the others', () => {
    const sampler = new Sampler(20);
    sampler.share = 1;
    expect([taken(sampler, 100), taken(sampler, 100)]).toEqual([20, 0]);
    expect(taken(sampler, 100, 501)).toBe(10);
    expect([sampler.taken, sampler.limited]).toEqual([30, 270]);
  });
});

/** The same numbers for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
