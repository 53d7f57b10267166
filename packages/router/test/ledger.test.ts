import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '@mailbeam/store/memory';
import { Ledger } from '../src/ledger.js';

const fresh = (): Ledger => new Ledger({ accepted: 0, delivered: 0, failed: 0 }, 0);

describe('the ledger', () => {
  test('balances after every kind of entry', () => {
    const ledger = fresh();
    ledger.accept();
    ledger.accept();
    ledger.deliver();
    ledger.fail();
    ledger.elide();
    ledger.failUnwritten();
    expect(ledger).toMatchObject({ accepted: 4, delivered: 2, failed: 2, pending: 0, elided: 1 });
    expect(ledger.imbalance).toBe(0);
  });

  test('is off when an entry is counted on one side only', () => {
    const ledger = fresh();
    ledger.accept();
    ledger.delivered++;
    expect(ledger.imbalance).not.toBe(0);
  });

  test('counts what is found at the start as accepted', () => {
    const ledger = new Ledger({ accepted: 10, delivered: 4, failed: 1 }, 5);
    expect([ledger.imbalance, ledger.pending, ledger.durable()]).toEqual([
      0,
      5,
      { accepted: 10, delivered: 4, failed: 1 },
    ]);
  });

  test('writes totals as they are once the commit is on disk: elided ones at once, others when they are written', () => {
    const ledger = fresh();
    ledger.elide();
    ledger.failUnwritten();
    ledger.accept();
    expect(ledger.durable()).toEqual({ accepted: 2, delivered: 1, failed: 1 });
    ledger.wrote(3);
    ledger.erasedDelivered(1);
    ledger.erasedFailed(1);
    expect(ledger.durable()).toEqual({ accepted: 5, delivered: 2, failed: 2 });
  });

  test('tells a store that has lost or kept a message too many', () => {
    const ledger = new Ledger({ accepted: 2, delivered: 1, failed: 0 }, 1);
    expect(ledger.storeImbalance(new MemoryStore())).toBe(1);
  });

  test('is given out as a copy', () => {
    const ledger = fresh();
    const before = ledger.durable();
    ledger.elide();
    expect(before.accepted).toBe(0);
  });
});
