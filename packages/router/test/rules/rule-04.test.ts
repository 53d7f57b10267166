/**
 * Rule 4: every rejection but those that follow from the frame's bytes alone is written with the sender's record in the
 * group commit, and until its flush nothing later of that pair is handed out. At least the last `sendWindow` are kept.
 *
 * Guards commit/commit-loop.ts `reject` (keep, hold and the answer after the flush), mailbox/hand-out.ts `#next` (`held`)
 * and port/verdict.ts `apply` (the two codes that need no commit).
 */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

/** Bob's mailbox takes one message: Alice's 1 was delivered, her 2 refused, then Bob acked, and she sent 3. */
async function refusedOnce(): Promise<{ node: TestNode; alice: TestClient; bob: TestClient }> {
  const node = new TestNode({ limits: { mailboxMessages: 1 } });
  const alice = await node.login('alice');
  const bob = await node.login('bob');
  alice.send1(1, 'bob');
  alice.send1(2, 'bob');
  node.run();
  bob.ack(1);
  node.run();
  alice.send1(3, 'bob');
  node.run();
  return { node, alice, bob };
}

describe('a rejection', () => {
  test('is answered when it is on disk, not before', async () => {
    const { node, alice } = await refusedOnce();
    expect(alice.of('rejected')).toEqual([]);
    expect(node.store.sender('alice', 'c')!.rejections).toEqual([]);
    await node.flush();
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'mailbox_full' }]);
    expect(node.store.sender('alice', 'c')!.rejections).toMatchObject([{ cid: 2, code: 'mailbox_full' }]);
  });

  test('holds back what comes later of its pair until it is on disk', async () => {
    const { node, bob } = await refusedOnce();
    expect(bob.bodies).toEqual(['m1']);
    await node.flush();
    expect(bob.bodies).toEqual(['m1', 'm3']);
  });

  test('does not hold back what the sender sends to others', async () => {
    const { node, alice, bob } = await refusedOnce();
    const carol = await node.login('carol');
    alice.send1(4, 'bob');
    alice.send1(5, 'carol');
    node.run();
    expect(bob.bodies).toEqual(['m1', 'm3']);
    expect(carol.bodies).toEqual(['m5']);
  });

  test('that a crash took before its flush leaves the order of its pair whole', async () => {
    const { node: before } = await refusedOnce();
    const node = before.crash({ limits: { mailboxMessages: 100 } });
    const bob = await node.login('bob');
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob', `m${cid}`, { again: true });
    await node.settle();
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3']);
    await node.pass(5);
    expect(alice.acceptedUpTo).toBe(3);
  });

  test('by the session is held to the same', async () => {
    const node = new TestNode({ limits: { rate: 1 } });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    alice.send1(2, 'bob');
    node.run();
    node.clock.advance(1_000);
    alice.send1(3, 'bob');
    node.run();
    expect(bob.bodies).toEqual(['m1']);
    expect(alice.of('rejected')).toEqual([]);
    await node.flush();
    expect(bob.bodies).toEqual(['m1', 'm3']);
    bob.ack(1);
    node.run();
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'rate_limited' }]);
  });

  test('by what stands in the frame needs no disk', async () => {
    const node = new TestNode({ limits: { maxBodyBytes: 8 } });
    const alice = await node.login('alice');
    const { commits } = node.core.commits;
    alice.send1(1, '', 'm1');
    alice.send1(2, 'bob', 'm2', { ttl: 0 });
    alice.send1(3, 'bob', 'too long a body');
    node.run();
    expect(alice.of('rejected').map((f) => f.code)).toEqual(['invalid', 'invalid', 'too_large']);
    expect(node.core.commits.commits).toBe(commits);
    expect(node.store.unflushed).toBe(0);
  });

  test('is remembered for the last sendWindow SENDs at least, and not for ever', async () => {
    const sendWindow = 4;
    const node = new TestNode({ limits: { mailboxMessages: 1, sendWindow } });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 50; cid++) {
      alice.send1(cid, 'bob');
      await node.settle();
    }
    const kept = node.store.sender('alice', 'c')!.rejections.map((r) => r.cid);
    expect(kept.slice(-sendWindow)).toEqual([47, 48, 49, 50]);
    expect(kept.length).toBeLessThanOrEqual(2 * sendWindow);
  });
});
