/**
 * Rule 5: whenever the ack is what accepts, RECEIPT has left, or is on disk, before ACCEPTED. For a stored message,
 * erasing it and storing the receipt are one commit.
 *
 * Guards port/acknowledge.ts (the requests travel with the receipt), mailbox/hand-out.ts `pump` (`left` after
 * the receipt was written), mailbox/mailbox.ts `putReceipt` (a receipt that cannot leave goes to disk) and
 * commit/commit-loop.ts `#start` (erasures and receipts in one batch).
 */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

describe('when the ack is what accepts', () => {
  test('RECEIPT leaves before ACCEPTED', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    expect(alice.of('accepted')).toEqual([]);
    bob.ack(1);
    node.run();
    expect(alice.frames.slice(-2)).toMatchObject([
      { op: 'receipt', kind: 1, cid: 1 },
      { op: 'accepted', cid: 1 },
    ]);
  });

  test('ACCEPTED waits for the disk where the receipt finds no room to leave', async () => {
    const node = new TestNode();
    const carol = await node.login('carol');
    const alice = await node.login('alice', { client: 'c', window: 1 });
    const bob = await node.login('bob');
    carol.send1(1, 'alice');
    await node.settle();
    expect(alice.bodies).toEqual(['m1']);
    alice.send1(1, 'bob');
    node.run();
    bob.ack(1);
    node.run();
    expect(alice.of('receipt')).toEqual([]);
    expect(alice.of('accepted')).toEqual([]);
    await node.pass(5);
    expect(alice.of('receipt')).toEqual([]);
    expect(alice.acceptedUpTo).toBe(1);
    expect(node.store.receipts('alice')).toMatchObject([{ peer: 'bob', kind: 1, cid: 1 }]);
  });

  test('a message in a commit under way is accepted by its ack as well', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    node.clock.advance(5);
    node.core.tick();
    node.run();
    expect(node.core.commits.underWay).toBe(true);
    bob.ack(1);
    node.run();
    expect(alice.frames.slice(-2).map((f) => f.op)).toEqual(['receipt', 'accepted']);
    await node.pass(10);
    expect(node.store.pending.messages).toBe(0);
    expect(node.core.ledger).toMatchObject({ accepted: 1, delivered: 1, pending: 0, elided: 0, imbalance: 0 });
  });
});

test('a stored message is erased, and its receipt stored, by one commit', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  alice.send1(1, 'bob');
  await node.settle();
  alice.cut();
  const bob = await node.login('bob');
  bob.ack(1);
  node.clock.advance(5);
  node.core.tick();
  node.run();
  expect([node.store.count('bob').messages, node.store.receipts('alice').length]).toEqual([1, 0]);
  await node.flush();
  expect([node.store.count('bob').messages, node.store.receipts('alice').length]).toEqual([0, 1]);
});

test('a crash at any flush leaves the message or its receipt, never neither', async () => {
  for (let flushes = 0; flushes <= 3; flushes++) {
    const before = new TestNode();
    const lost = await before.login('alice');
    lost.send1(1, 'bob');
    await before.settle();
    const bob = await before.login('bob');
    bob.ack(1);
    before.clock.advance(5);
    before.core.tick();
    for (let n = 0; n < flushes; n++) await before.flush();
    const node = before.crash();
    const left = node.store.count('bob').messages + node.store.receipts('alice').length;
    expect({ flushes, left }).toEqual({ flushes, left: 1 });
  }
});
