import { expect, test } from '@jest/globals';
import { MemoryStore } from '@mailbeam/store/memory';
import { PURGE_PART } from '../../src/mailbox/endings.js';
import { TestNode } from '../../src/test-kit/test-node.js';

const MESSAGES = 2 * PURGE_PART + 500;

/** A store in which so many messages wait for bob, every third from carol. */
async function deepMailbox(): Promise<MemoryStore> {
  const store = new MemoryStore();
  const batch = store.begin();
  const bytes = Buffer.from('body');
  for (let cid = 1; cid <= MESSAGES; cid++) {
    const from = cid % 3 === 0 ? 'carol' : 'alice';
    batch.append('bob', { key: cid, from, origin: 1, cid, ts: cid, expiresAt: 0, bytes, bodyStart: 0, bodyEnd: 4 });
  }
  batch.setLedger({ accepted: MESSAGES, delivered: 0, failed: 0 });
  const committed = store.commit(batch);
  store.flushNext();
  await committed;
  return store.crash();
}

/** Lets a node run until that has settled. */
async function driven<T>(node: TestNode, promise: Promise<T>): Promise<T> {
  let isOver = false;
  void promise.then(() => (isOver = true));
  while (!isOver) {
    await node.pass(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return promise;
}

test('a deep mailbox is purged a part a turn, and each sender is told of each part in one range', async () => {
  const node = new TestNode({ store: await deepMailbox() });
  const looked: number[] = [];
  let turns = 0;
  const purged = node.core.purge('bob', () => {
    looked[turns] = (looked[turns] ?? 0) + 1;
    return true;
  });
  expect(looked).toEqual([PURGE_PART]);
  turns = 1;
  expect(await driven(node, purged)).toBe(MESSAGES);
  expect(node.store.pending.messages).toBe(0);
  expect(node.core.ledger).toMatchObject({ failed: MESSAGES, pending: 0, imbalance: 0 });
  const ranges = node.store.receipts('carol').map(({ cid, upTo }) => [cid, upTo]);
  expect(ranges).toHaveLength(3);
  expect([ranges[0]?.[0], ranges.at(-1)?.[1]]).toEqual([3, MESSAGES - (MESSAGES % 3)]);
});

test('where nothing matches the whole mailbox is looked through, and nothing is written', async () => {
  const node = new TestNode({ store: await deepMailbox() });
  let looked = 0;
  const purged = node.core.purge('bob', () => {
    looked += 1;
    return false;
  });
  expect(looked).toBe(PURGE_PART);
  expect(await driven(node, purged)).toBe(0);
  expect(looked).toBe(MESSAGES);
  expect(node.store.pending.messages).toBe(MESSAGES);
  expect(node.core.mailboxesInMemory).toBe(0);
});
