import { expect, test } from '@jest/globals';
import { levelText } from '../../src/views/rules.js';

test('a level of a rule says all that must hold, with units', () => {
  const at = (above: number) => ({ above, clear: 0 });
  expect(levelText({ depth: at(2_000), growth: at(5), stalledSeconds: at(8) })).toBe(
    'waiting 2,000, growth 5/s, nothing taken for 8 s',
  );
  expect([levelText({ restarts: at(10) }), levelText(undefined), levelText({ later: at(3) })]).toEqual([
    'restarts 10/min',
    '–',
    'later 3',
  ]);
});
