import { expect, test } from '@jest/globals';
import { namePattern } from '../../src/alerts/name-pattern.js';

test.each([
  ['*', 'anything', true],
  ['', 'anything', false],
  ['bob', 'bob', true],
  ['bob', 'bobby', false],
  ['bob*', 'bobby', true],
  ['*by', 'bobby', true],
  ['b*y', 'bobby', true],
  ['b*b*y', 'bobby', true],
  ['ab*ba', 'aba', false],
  ['a*b*c*d', 'a-c-b-d', false],
  ['.*', 'bob', false],
])('%p matches %p: %p', (pattern, name, matches) => {
  expect(namePattern(pattern)(name)).toBe(matches);
});
