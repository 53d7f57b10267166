/**
 * Rule 1: `lastCid` is stored in the same commit as what it belongs to and never runs ahead.
 *
 * Guards mailbox/sender.ts `settle` (stops at the first request that is not settled) and commit/commit-loop.ts `append`
 * (the sender's record joins the commit that carries its message).
 */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

/** Alice's 1 is in Bob's hands and waits for his ack; her 2, to Carol who is away, is on disk. */
async function laterOneStored(): Promise<TestNode> {
  const node = new TestNode();
  const alice = await node.login('alice');
  await node.login('bob');
  alice.send1(1, 'bob');
  alice.send1(2, 'carol');
  await node.flush();
  return node;
}

describe('lastCid never runs ahead', () => {
  test('a later message that is stored does not move it past one that is neither stored nor acked', async () => {
    const node = await laterOneStored();
    expect(node.store.count('carol').messages).toBe(1);
    expect(node.store.count('bob').messages).toBe(0);
    expect(node.store.sender('alice', 'c')).toMatchObject({ lastCid: 0, highCid: 2 });
  });

  test('so the earlier one, lost in a crash, is taken when it is resent', async () => {
    const node = (await laterOneStored()).crash();
    const alice = await node.login('alice');
    expect(alice.of('welcome')[0]!.lastCid).toBe(0);
    alice.send1(1, 'bob', 'm1', { again: true });
    alice.send1(2, 'carol', 'm2', { again: true });
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect((await node.login('bob')).bodies).toEqual(['m1']);
    expect((await node.login('carol')).bodies).toEqual(['m2']);
  });

  test('it moves past both once the earlier one is stored too', async () => {
    const node = await laterOneStored();
    await node.pass(10);
    expect(node.store.sender('alice', 'c')).toMatchObject({ lastCid: 2, highCid: 2 });
  });
});

test('lastCid comes to disk with its message, not before and not after', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  alice.send1(1, 'bob');
  node.run();
  expect(node.store.sender('alice', 'c')!.lastCid).toBe(0);
  expect(node.store.count('bob').messages).toBe(0);
  await node.flush();
  expect(node.store.sender('alice', 'c')!.lastCid).toBe(1);
  expect(node.store.count('bob').messages).toBe(1);
});
