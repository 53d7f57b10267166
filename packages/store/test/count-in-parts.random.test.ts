import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkStore, openLmdbStore } from '../src/index.js';
import { message } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

/** A row holds one such message: a part is 64 of them. */
const BODY = 'x'.repeat(3_000);
const TURNS = 30;
const first = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const seeds = Array.from({ length: Number(process.env['SEEDS'] ?? 2) }, (_, i) => first + i);

let dir: string;
beforeEach(() => void (dir = temporaryDirectory()));
afterEach(() => removeDirectory(dir));

/** Marsaglia's xorshift32: a whole number below `below`. */
function randomOf(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state = (state ^ (state << 13)) >>> 0;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state % below;
  };
}

test.each(seeds)(
  'totals and counts are right whenever they are asked for, while checkpoints count in parts (seed %i)',
  async (seed) => {
    const random = randomOf(seed);
    const options = {
      ...{ checkpointRecords: 300 + random(600), mergeRuns: 2 + random(3), eraseDelayMs: 1 + random(4) },
      ...{ stepMs: 0.1, stepDelayMs: random(2) },
    };
    let store = await openLmdbStore(dir, options);
    const waiting = new Map(['bob', 'eve'].map((user) => [user, new Set<number>()] as const));
    const of = (user: string): Set<number> => waiting.get(user)!;
    const asked = (): void => {
      const messages = of('bob').size + of('eve').size;
      expect(store.pending).toEqual({ messages, bytes: messages * BODY.length });
    };
    const counted = (): void => {
      for (const [user, keys] of waiting) expect(store.count(user).messages).toBe(keys.size);
    };
    let key = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const batch = store.begin();
      for (let i = random(160); i >= 0; i--) {
        const user = random(8) > 0 ? 'bob' : 'eve';
        batch.append(user, message(++key, { body: BODY }));
        of(user).add(key);
      }
      if (random(3) === 0) {
        const upTo = Math.max(0, key - 200 - random(1_500));
        batch.eraseUpTo('bob', upTo);
        for (const one of of('bob')) if (one <= upTo) of('bob').delete(one);
      }
      for (let i = random(2) * random(150); i > 0; i--) {
        const [user, one] = [random(8) > 0 ? 'bob' : 'eve', 1 + random(key)];
        batch.erase(user, one);
        of(user).delete(one);
      }
      await store.commit(batch);
      const then = random(6);
      if (then === 0) asked();
      if (then === 1) counted();
      if (then === 2) await store.settle();
      for (let i = then === 3 ? random(20) : 0; i > 0; i--) {
        await nextTurn();
        if (random(6) === 0) asked();
      }
      if (then !== 4 || random(3) > 0) continue;
      await store.close();
      store = await openLmdbStore(dir, options);
      asked();
    }
    asked();
    await store.settle();
    asked();
    counted();
    await store.close();
    expect((await checkStore(dir)).problems).toEqual([]);
  },
  60_000,
);
