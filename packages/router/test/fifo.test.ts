import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Fifo } from '../src/fifo.js';

test('a fifo behaves like an array that is pushed and shifted', () => {
  const operation = fc.oneof(
    { weight: 10, arbitrary: fc.record({ do: fc.constant('push' as const), count: fc.integer({ min: 1, max: 400 }) }) },
    {
      weight: 10,
      arbitrary: fc.record({ do: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 400 }) }),
    },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const { do: what, count } of operations) {
        for (let n = 0; n < count; n++) {
          if (what === 'push') {
            fifo.push(next);
            model.push(next++);
          } else if (fifo.shift() !== model.shift()) throw new Error(`another item at shift ${n}`);
        }
        expect([fifo.length, fifo.peek(), fifo.at(0), fifo.at(model.length - 1)]).toEqual([
          model.length,
          model[0],
          model[0],
          model.at(-1),
        ]);
      }
      expect([...fifo]).toEqual(model);
    }),
    { numRuns: 200 },
  );
});

test('a fifo that is never empty does not grow with what has passed through it', () => {
  const fifo = new Fifo<number>();
  fifo.push(0);
  for (let n = 1; n < 100_000; n++) {
    fifo.push(n);
    if (fifo.shift() !== n - 1) throw new Error(`another item than ${n - 1}`);
  }
  expect([fifo.length, [...fifo]]).toEqual([1, [99_999]]);
});
