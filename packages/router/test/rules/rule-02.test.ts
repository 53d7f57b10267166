/**
 * Rule 2: a message that was elided counts as settled when its receipt is acked or on disk: a commit that moves `lastCid`
 * past it carries its receipt, merged.
 *
 * Guards mailbox/receipt.ts `left` (answers, but does not settle), `settleRequests` and commit/commit-loop.ts
 * `#addReceipts` (the receipt is in the batch whose record says so).
 */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

/** Bob has acked Alice's 1 before it was written; her receipt has left and is not acked. */
async function elided(): Promise<{ node: TestNode; alice: TestClient; bob: TestClient }> {
  const node = new TestNode();
  const alice = await node.login('alice');
  const bob = await node.login('bob');
  alice.send1(1, 'bob');
  node.run();
  bob.ack(1);
  node.run();
  expect(alice.acceptedUpTo).toBe(1);
  expect(node.core.ledger.elided).toBe(1);
  return { node, alice, bob };
}

describe('a message that was elided', () => {
  test('is not settled while its receipt has left and is neither acked nor on disk', async () => {
    const { node, alice } = await elided();
    alice.send1(2, 'carol');
    await node.flush();
    expect(node.store.count('carol').messages).toBe(1);
    expect(node.store.receipts('alice')).toEqual([]);
    expect(node.store.sender('alice', 'c')!.lastCid).toBe(0);
  });

  test('gets its receipt after a crash too, because its resend is taken again', async () => {
    const { node: before, alice: lost } = await elided();
    lost.send1(2, 'carol');
    await before.flush();
    const node = before.crash();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob', 'm1', { again: true });
    node.run();
    bob.ack(bob.of('deliver').at(-1)!.seq);
    await node.pass(10);
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, peer: 'bob', cid: 1 }]);
  });

  test('and is taken again behind a later one of its pair is covered by the receipt of the higher cid', async () => {
    const { node: before, alice: lost, bob: gone } = await elided();
    gone.cut();
    lost.send1(2, 'bob');
    await before.flush();
    const node = before.crash();
    const alice = await node.login('alice');
    expect(alice.of('welcome')[0]!.lastCid).toBe(0);
    alice.send1(1, 'bob', 'm1', { again: true });
    await node.settle();
    const bob = await node.login('bob');
    expect(bob.bodies).toEqual(['m2', 'm1']);
    bob.ack(2);
    await node.pass(5);
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, peer: 'bob', cid: 2 }]);
  });

  test('is settled when its receipt is acked', async () => {
    const { node, alice } = await elided();
    alice.ack(1);
    alice.send1(2, 'carol');
    await node.flush();
    expect(node.store.sender('alice', 'c')!.lastCid).toBe(2);
  });

  test('is settled by the commit that carries its receipt, in the same flush', async () => {
    const { node, alice } = await elided();
    alice.cut();
    node.clock.advance(5);
    node.core.tick();
    await node.flush();
    expect(node.store.sender('alice', 'c')!.lastCid).toBe(1);
    expect(node.store.receipts('alice')).toMatchObject([{ peer: 'bob', kind: 1, cid: 1 }]);
  });

  test('shares one merged receipt with those that were elided after it', async () => {
    const { node, alice, bob } = await elided();
    alice.cut();
    const again = node.connect('alice', { client: 'c' });
    await node.settle();
    again.send1(2, 'bob');
    again.send1(3, 'bob');
    node.run();
    bob.ack(3);
    node.run();
    again.cut();
    await node.pass(5);
    expect(node.store.sender('alice', 'c')!.lastCid).toBe(3);
    expect(node.store.receipts('alice')).toMatchObject([{ peer: 'bob', kind: 1, cid: 3 }]);
  });
});
