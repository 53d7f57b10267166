import { describe, expect, test } from '@jest/globals';
import { Erasures } from '../../src/mailbox/erasures.js';

describe('what is to be erased', () => {
  test('covers everything up to the last ack, and each key that failed or was acked out of turn', () => {
    const erasures = new Erasures();
    erasures.ack(4, true);
    erasures.fail(9, true);
    erasures.ackOutOfTurn(11, true);
    const covered = [3, 4, 5, 8, 9, 10, 11].filter((key) => erasures.covers(key));
    expect(covered).toEqual([3, 4, 9, 11]);
  });

  test('is handed to one commit and not to the next', () => {
    const erasures = new Erasures();
    erasures.ack(4, true);
    erasures.ack(5, true);
    erasures.fail(9, true);
    erasures.ackOutOfTurn(8, true);
    expect(erasures.take()).toEqual({ acked: 2, ackedKeys: [8], failedKeys: [9] });
    erasures.ack(6, true);
    expect(erasures.take()).toEqual({ acked: 1, ackedKeys: null, failedKeys: null });
  });

  test('stays covered until its commit is on disk, a key out of turn no longer', () => {
    const erasures = new Erasures();
    erasures.ack(4, true);
    erasures.fail(9, true);
    erasures.ackOutOfTurn(8, true);
    const erased = erasures.take();
    expect([erasures.covers(9), erasures.covers(8), erasures.onDisk]).toEqual([true, true, 3]);
    erasures.done(erased);
    expect([9, 8, 4].map((key) => erasures.covers(key))).toEqual([false, false, true]);
    expect(erasures.onDisk).toBe(0);
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
