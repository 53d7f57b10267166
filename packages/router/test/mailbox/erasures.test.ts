import { describe, expect, test } from '@jest/globals';
import { Erasures } from '../../src/mailbox/erasures.js';

describe('what is to be erased', () => {
  test('covers everything up to the last ack, and each key that failed', () => {
    const erasures = new Erasures();
    erasures.ack(4, true);
    erasures.fail(9, true);
    expect([3, 4, 5, 8, 9, 10].map((key) => erasures.covers(key))).toEqual([true, true, false, false, true, false]);
    expect([erasures.hasFailed(4), erasures.hasFailed(9)]).toEqual([false, true]);
  });

  test('is handed to one commit and not to the next', () => {
    const erasures = new Erasures();
    erasures.ack(4, true);
    erasures.ack(5, true);
    erasures.fail(9, true);
    expect(erasures.take()).toEqual({ acked: 2, keys: [9] });
    erasures.ack(6, true);
    expect(erasures.take()).toEqual({ acked: 1, keys: null });
  });

  test('stays covered until its commit is on disk, a failed key no longer', () => {
    const erasures = new Erasures();
    erasures.ack(4, true);
    erasures.fail(9, true);
    const { acked, keys } = erasures.take();
    expect([erasures.covers(9), erasures.onDisk]).toEqual([true, 2]);
    erasures.done(acked, keys);
    expect([erasures.covers(9), erasures.covers(4), erasures.onDisk]).toEqual([false, true, 0]);
  });

  test('counts as lying on disk only once it does', () => {
    const erasures = new Erasures();
    erasures.ack(4, false);
    erasures.fail(9, false);
    expect(erasures.onDisk).toBe(0);
    erasures.onDisk += 2;
    expect(erasures.onDisk).toBe(2);
  });
});
