import { expect, test } from '@jest/globals';
import { Places, Ranking } from '../../src/statistics/ranking.js';
import { Random } from '../random.js';

const random = new Random();

test(`the top k are what sorting gives, whatever was set, changed and deleted (seed ${random.seed})`, () => {
  for (let round = 0; round < 50; round++) {
    const places = new Places();
    const ranking = new Ranking(places);
    const keys = new Map<number, number>();
    const slots = 1 + random.below(300);
    for (let slot = 1; slot <= slots; slot++) places.add();
    for (let step = 0; step < 1_000; step++) {
      const slot = 1 + random.below(slots);
      if (random.chance(0.2)) {
        ranking.delete(slot);
        keys.delete(slot);
      } else {
        const key = random.chance(0.5) ? (keys.get(slot) ?? 0) + random.below(5) - 2 : random.below(1_000);
        ranking.set(slot, key);
        keys.set(slot, key);
      }
      if (step % 100 > 0) continue;
      const sorted = [...keys.values()].sort((a, b) => b - a);
      const k = random.below(40);
      expect(ranking.top(k).map((s) => keys.get(s))).toEqual(sorted.slice(0, k));
      const least = random.below(1_000);
      const above = ranking.above(least, slots);
      expect(new Set(above).size).toBe(above.length);
      expect(above.length).toBe(sorted.filter((key) => key >= least).length);
    }
    expect(ranking.size).toBe(keys.size);
  }
});
