/**
 * Rule 7: a receipt that was handed out is not changed; its ack erases what it carried, no more. The ack of a kind 3 takes
 * effect after the mailbox's answer to any SEND of that `cid` that is under way.
 *
 * Guards mailbox/receipt-box.ts `handOut` (a handed out receipt is merged into no more), `acked` (what it erases),
 * mailbox/hand-out.ts `pump` (a kind 3 leaves once it is on disk) and port/port.ts `#handled` and
 * `settledLate` (ACKs wait for the hand-over).
 */
import { describe, expect, test } from '@jest/globals';
import type { SessionModule } from '../../src/port/session-shell.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';
import { plantedSession } from './planted-session.js';

describe('a receipt that was handed out', () => {
  test('is not changed by a newer one: that gets a seq of its own', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    node.run();
    bob.ack(1);
    node.run();
    bob.ack(2);
    node.run();
    expect(alice.of('receipt')).toMatchObject([
      { seq: 1, cid: 1 },
      { seq: 2, cid: 2 },
    ]);
  });

  test('erases with its ack what it carried and not the newer one on disk', async () => {
    const before = new TestNode();
    const lost = await before.login('alice');
    lost.send1(1, 'bob');
    lost.send1(2, 'bob');
    await before.settle();
    const bob = await before.login('bob');
    bob.ack(1);
    await before.pass(5);
    bob.ack(2);
    await before.pass(5);
    lost.ack(1);
    await before.pass(5);
    expect(before.store.receipts('alice')).toMatchObject([{ kind: 1, cid: 2 }]);
    const alice = await before.crash().login('alice');
    expect(alice.of('receipt')).toMatchObject([{ seq: 1, kind: 1, cid: 2 }]);
  });

  test('leaves the newer one to its own ack, which erases it', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    await node.settle();
    const bob = await node.login('bob');
    for (const seq of [1, 2]) {
      bob.ack(seq);
      await node.pass(5);
    }
    for (const seq of [1, 2]) {
      alice.ack(seq);
      await node.pass(5);
    }
    expect(node.store.receipts('alice')).toEqual([]);
  });

  test('comes again with all that came after it when its connection breaks', async () => {
    const node = new TestNode();
    const first = await node.login('alice');
    const bob = await node.login('bob');
    first.send1(1, 'bob');
    first.send1(2, 'bob');
    node.run();
    bob.ack(1);
    node.run();
    bob.ack(2);
    node.run();
    first.ack(1);
    node.run();
    first.cut();
    const alice = await node.login('alice');
    expect(alice.of('receipt')).toMatchObject([{ seq: 1, kind: 1, cid: 2 }]);
    alice.ack(1);
    await node.pass(10);
    expect(node.store.receipts('alice')).toEqual([]);
  });
});

/** A router on which Alice's 2 to Carol has failed and she has not been told; her `lastCid` is held at 0. */
async function failedAndNotTold(
  session?: SessionModule,
): Promise<{ node: TestNode; alice: TestClient; carol: TestClient }> {
  const before = new TestNode();
  const lost = await before.login('alice');
  const bob = await before.login('bob');
  lost.send1(1, 'bob');
  before.run();
  bob.ack(1);
  before.run();
  // 1 was elided and its receipt is not acked: lastCid stays 0, so 2 has to be found by its failure
  lost.send1(2, 'carol', 'm2', { ttl: 1 });
  await before.flush();
  await before.pass(1_000);
  await before.pass(5);
  expect(before.store.count('carol').messages).toBe(0);
  const node = before.crash(session === undefined ? {} : { session });
  const carol = await node.login('carol');
  const alice = await node.login('alice');
  expect(alice.of('receipt')).toMatchObject([{ seq: 1, kind: 3, cid: 2 }]);
  return { node, alice, carol };
}

describe('the ack of a kind 3', () => {
  test('takes effect after the answer to a SEND of that cid that came before it', async () => {
    const { node, alice, carol } = await failedAndNotTold();
    alice.write((w) => {
      w.send(1, 'bob', Buffer.from('m1'), { again: true });
      w.send(2, 'carol', Buffer.from('m2'), { again: true, ttl: 1 });
      w.ack(1);
    });
    await node.settle();
    expect(carol.bodies).toEqual([]);
    expect(alice.acceptedUpTo).toBe(2);
  });

  test('does so also where an async handling of that SEND settles between two turns', async () => {
    const planted = plantedSession(() => async (port) => {
      await Promise.resolve();
      port.route();
    });
    const { node, alice, carol } = await failedAndNotTold(planted.module);
    alice.write((w) => w.send(2, 'carol', Buffer.from('m2'), { again: true, ttl: 1 }));
    node.run();
    await settled();
    alice.ack(1);
    await node.settle();
    expect(carol.bodies).toEqual([]);
    expect(alice.acceptedUpTo).toBe(2);
  });
});
