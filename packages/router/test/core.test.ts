import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../src/test-kit/test-node.js';

describe('two people who are online', () => {
  test('exchange a message that never touches the disk', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob', 'hello');
    node.run();
    expect(bob.of('deliver')).toEqual([{ op: 'deliver', seq: 1, from: 'alice', origin: 1, cid: 1, body: 'hello' }]);
    expect(alice.of('accepted')).toEqual([]);
    bob.ack(1);
    node.run();
    expect(alice.messages.at(-1)!.map((f) => f.op)).toEqual(['receipt', 'accepted']);
    alice.ack(1);
    await node.pass(10);
    expect(node.core.ledger).toMatchObject({ accepted: 1, delivered: 1, pending: 0, elided: 1 });
    expect(node.store.pending.messages).toBe(0);
    expect(node.core.ledger.imbalance).toBe(0);
  });
});

describe('a recipient who is away', () => {
  test('finds its messages when it comes back, and the sender its receipts', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob');
    node.run();
    expect(alice.acceptedUpTo).toBe(0);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(3);
    const bob = await node.login('bob');
    expect(bob.of('welcome')[0]!.pending).toBe(3);
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3']);
    bob.ack(3);
    await node.pass(10);
    expect(alice.of('receipt')).toMatchObject([{ peer: 'bob', kind: 1, cid: 3 }]);
    alice.ack(1);
    await node.pass(10);
    expect(node.store.pending.messages).toBe(0);
    expect(node.store.receipts('alice')).toEqual([]);
    expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
  });

  test('gets them after a crash of the router', async () => {
    const before = new TestNode();
    const alice = await before.login('alice');
    alice.send1(1, 'bob');
    await before.settle();
    const node = before.crash();
    const bob = await node.login('bob');
    expect(bob.bodies).toEqual(['m1']);
    bob.ack(1);
    await node.pass(10);
    const again = await node.login('alice');
    expect(again.of('welcome')[0]).toMatchObject({ lastCid: 1, origin: 1 });
    expect(again.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
  });
});
