import { expect, test } from '@jest/globals';
import { Deepest } from '../../src/inspect/deepest.js';

test('the deepest of many are those that sorting would find, the first of those that are as deep', () => {
  const seed = Date.now() % 100_000;
  let x = seed;
  const random = (most: number): number => (x = (x * 1_103_515_245 + 12_345) % 2_147_483_648) % most;
  for (let round = 0; round < 200; round++) {
    const most = random(12);
    const items = Array.from({ length: random(60) }, (_, id) => ({ id, depth: random(20) }));
    const deepest = new Deepest<{ id: number; depth: number }>(most);
    for (const item of items) if (deepest.takes(item.depth)) deepest.add(item);
    const sorted = items.toSorted((a, b) => b.depth - a.depth || a.id - b.id).slice(0, most);
    expect({ seed, items: deepest.items }).toEqual({ seed, items: sorted });
  }
});
