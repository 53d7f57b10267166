import { describe, expect, test } from '@jest/globals';
import { editDistance, nearestName } from '../../src/config/nearest-name.js';

describe('the nearest name', () => {
  test.each([
    ['prot', 'port'],
    ['PORT', 'port'],
    ['hots', 'host'],
    ['limits.rat', 'limits.rate'],
    ['xyzzy', undefined],
  ])('to %s is %s', (name, nearest) => {
    expect(nearestName(name, ['host', 'port', 'limits.rate'])).toBe(nearest);
  });
});

describe('the edit distance', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['abcd', 'abdc', 1],
    ['port', 'prot', 1],
  ])('of "%s" and "%s" is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
