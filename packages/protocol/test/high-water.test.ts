import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HighWater } from '../src/index.js';

test('a message is new until it or a later one of its stream was noted', () => {
  const marks = new HighWater();
  expect(marks.isNew('ann', 1, '', 5)).toBe(true);
  marks.note('ann', 1, '', 5);
  expect(marks.isNew('ann', 1, '', 5)).toBe(false);
  expect(marks.isNew('ann', 1, '', 4)).toBe(false);
  expect(marks.isNew('ann', 1, '', 6)).toBe(true);
});

test('asking does not note', () => {
  const marks = new HighWater();
  marks.isNew('ann', 1, '', 5);
  expect(marks.isNew('ann', 1, '', 5)).toBe(true);
});

test('sender, origin and group each make a stream of their own', () => {
  const marks = new HighWater();
  marks.note('ann', 1, '#team', 5);
  expect(marks.isNew('bob', 1, '#team', 1)).toBe(true);
  expect(marks.isNew('ann', 2, '#team', 1)).toBe(true);
  expect(marks.isNew('ann', 1, '', 1)).toBe(true);
  expect(marks.isNew('ann', 1, '#other', 1)).toBe(true);
  expect(marks.isNew('ann', 1, '#team', 5)).toBe(false);
});

test('a number is never lowered', () => {
  const marks = new HighWater();
  marks.note('ann', 1, '', 9);
  marks.note('ann', 1, '', 3);
  marks.restore([{ from: 'ann', origin: 1, group: '', cid: 4 }]);
  expect([...marks.entries()]).toEqual([{ from: 'ann', origin: 1, group: '', cid: 9 }]);
});

test('it behaves as a map from streams to the highest cid, also after being stored and restored', () => {
  const step = fc.record({
    from: fc.constantFrom('ann', 'bob', '__proto__'),
    origin: fc.nat(2),
    group: fc.constantFrom('', '#a', '#b'),
    cid: fc.nat(20),
    store: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let marks = new HighWater();
      const model = new Map<string, number>();
      for (const { from, origin, group, cid, store } of steps) {
        const key = JSON.stringify([from, origin, group]);
        expect(marks.isNew(from, origin, group, cid)).toBe(cid > (model.get(key) ?? -1));
        marks.note(from, origin, group, cid);
        model.set(key, Math.max(model.get(key) ?? 0, cid));
        if (!store) continue;
        const stored = [...marks.entries()];
        expect(stored).toHaveLength(model.size);
        marks = new HighWater();
        marks.restore(stored);
      }
    }),
  );
});
