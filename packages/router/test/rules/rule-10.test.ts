/**
 * Rule 10: what was handed out is never rejected, also when its commit fails.
 *
 * Guards commit/commit-loop.ts `#flush` (a commit that failed is tried again, whole).
 */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

describe('a commit that fails', () => {
  test('is tried again until it is on disk; nothing that it carries is rejected or accepted meanwhile', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    expect(bob.bodies).toEqual(['m1']);
    for (let n = 0; n < 3; n++) node.store.failNextCommit();
    await node.pass(5);
    for (let n = 0; n < 2; n++) {
      await node.pass(400);
      expect(alice.of('rejected')).toEqual([]);
      expect(alice.of('accepted')).toEqual([]);
      expect(node.store.count('bob').messages).toBe(0);
    }
    await node.pass(400);
    expect(alice.of('rejected')).toEqual([]);
    expect(alice.acceptedUpTo).toBe(1);
    expect(node.store.count('bob').messages).toBe(1);
  });

  test('does not keep the ack of what it carries from accepting it', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    node.store.failNextCommit();
    await node.pass(5);
    bob.ack(1);
    node.run();
    expect(alice.of('rejected')).toEqual([]);
    expect(alice.acceptedUpTo).toBe(1);
    await node.pass(100);
    await node.pass(10);
    expect(node.store.pending.messages).toBe(0);
    expect(node.core.ledger).toMatchObject({ accepted: 1, delivered: 1, failed: 0, pending: 0 });
  });
});
