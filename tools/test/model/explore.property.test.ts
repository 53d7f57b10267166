import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explore } from '../../src/model/explore.js';
import type { Step } from '../../src/model/step.js';

const users = 3;
const user = fc.nat({ max: users - 1 });
const rarely = (n: number) => fc.integer({ min: 1, max: n }).map((x) => x === 1);
const bombs = fc.oneof(
  { weight: 9, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
);
const record = <Do extends Step['do']>(name: Do, fields: object): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Step>;

/** Steps by weight, so that conversations get somewhere before they are cut. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: record('send', { user, to: user, ttl: rarely(10), bombs }) },
  { weight: 24, arbitrary: record('receive', { user, messages: fc.constantFrom(1, 100) }) },
  { weight: 24, arbitrary: record('ack', { user, share: fc.constantFrom(0.3, 0.7, 1) }) },
  { weight: 24, arbitrary: record('run', {}) },
  { weight: 12, arbitrary: record('flush', {}) },
  { weight: 10, arbitrary: record('connect', { user, window: fc.constantFrom(1, 2, 256), fresh: rarely(12), bombs }) },
  { weight: 8, arbitrary: record('pass', { ms: fc.constantFrom(1, 5, 500, 2_000) }) },
  { weight: 4, arbitrary: record('cut', { user, lose: fc.boolean() }) },
  { weight: 4, arbitrary: record('read', { user, bombs }) },
  { weight: 3, arbitrary: record('crash', { lose: fc.boolean() }) },
  { weight: 1, arbitrary: record('purge', { user }) },
  { weight: 1, arbitrary: record('fail', {}) },
);

test('whatever users, clock, disk and crashes do, every promise to the clients is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), async (steps) => {
      expect(await explore(steps, users)).toEqual([]);
    }),
    { numRuns: 1_000, endOnFailure: false },
  );
});
