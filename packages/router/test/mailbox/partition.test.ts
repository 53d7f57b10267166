import { describe, expect, test } from '@jest/globals';
import { Partition, partitionOf } from '../../src/mailbox/partition.js';
import { PARTITIONS } from '../../src/seams/placement.js';

describe('the keys of a partition', () => {
  test('grow, and begin above every key of the opening before', () => {
    const first = new Partition(3, 1);
    const second = new Partition(3, 2);
    expect([first.nextKey(), first.nextKey(), second.nextKey()]).toEqual([2 ** 33 + 1, 2 ** 33 + 2, 2 ** 34 + 1]);
    expect(second.nextKey()).toBeGreaterThan(2 ** 33 + 2 ** 33);
  });

  test('are exact numbers to the last opening that fits', () => {
    const last = new Partition(0, 2 ** 20 - 1);
    expect(Number.isSafeInteger(last.nextKey())).toBe(true);
    expect(last.nextKey() - last.nextKey()).toBe(-1);
  });
});

describe('the partition of a name', () => {
  test('is the same on every node of every version', () => {
    const names = ['', 'a', 'alice', 'bob', 'carol', 'u0', 'u1', 'Zoë', '日本', '😀', 'x'.repeat(128)];
    expect(names.map(partitionOf)).toEqual([60, 52, 35, 25, 3, 37, 54, 24, 29, 27, 56]);
  });

  test('spreads names evenly', () => {
    const counts = Array.from({ length: PARTITIONS }, () => 0);
    for (let n = 0; n < 64_000; n++) counts[partitionOf(`user-${n}`)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });
});
