/**
 * Rule 3: append is idempotent by (recipient, sender, `cid`). The look-up for a resend comes before quota and rate; only a
 * `cid` with `again`, or one not above the highest ever written for that sender, needs it; a resend that is not found is
 * never rejected (but for who resends far more than a client can have to: mailbox/unfound-resends.ts).
 *
 * Guards mailbox/resend.ts, each of its conditions, mailbox/mailbox.ts `append` (when it looks up, and that quota comes
 * after) and behaviours/session.ts (`again` passes window, rate and receipts).
 */
import { describe, expect, jest, test } from '@jest/globals';
import { Message } from '../../src/mailbox/request.js';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const again = { again: true };

/** Alice's 1 was elided and its receipt is in flight: her `lastCid` stays 0 whatever comes after. */
async function withLastCidHeldAtZero(node: TestNode): Promise<TestClient> {
  const alice = await node.login('alice');
  const bob = await node.login('bob');
  alice.send1(1, 'bob');
  node.run();
  bob.ack(1);
  node.run();
  return alice;
}

describe('the look-up for a resend finds', () => {
  test('a cid that is settled, of which nothing else is left', async () => {
    const before = new TestNode();
    const lost = await before.login('alice');
    lost.send1(1, 'bob');
    await before.settle();
    (await before.login('bob')).ack(1);
    await before.pass(5);
    lost.ack(1);
    await before.pass(5);
    expect([before.store.pending.messages, before.store.receipts('alice').length]).toEqual([0, 0]);
    const node = before.crash();
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'm1', again);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(1);
    expect((await node.login('bob')).bodies).toEqual([]);
  });

  test('a message that is stored above lastCid', async () => {
    const before = new TestNode();
    (await withLastCidHeldAtZero(before)).send1(2, 'carol');
    await before.flush();
    const node = before.crash();
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'm1', again);
    alice.send1(2, 'carol', 'm2', again);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect((await node.login('carol')).bodies).toEqual(['m2']);
  });

  test('a message that is not flushed yet, and answers when it is', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    const twin = new Message(1, true, 'bob', 1, -1, Buffer.from('m1'), 0, 2);
    alice.port.number(twin);
    node.core.open('bob').append(twin);
    node.core.wake();
    node.run();
    expect(bob.bodies).toEqual(['m1']);
    expect(alice.of('accepted')).toEqual([]);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(1);
    expect(node.store.count('bob').messages).toBe(1);
  });

  test('a rejection above lastCid', async () => {
    const before = new TestNode({ limits: { mailboxMessages: 1 } });
    const lost = await withLastCidHeldAtZero(before);
    lost.send1(2, 'carol');
    lost.send1(3, 'carol');
    await before.flush();
    expect(lost.of('rejected')).toMatchObject([{ cid: 3, code: 'mailbox_full', retryAfterMs: 60_000 }]);
    const node = before.crash();
    const alice = await node.login('alice');
    expect(alice.of('welcome')[0]!.lastCid).toBe(0);
    alice.send1(1, 'bob', 'm1', again);
    alice.send1(2, 'carol', 'm2', again);
    alice.send1(3, 'carol', 'm3', again);
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 3, code: 'mailbox_full', retryAfterMs: 60_000 }]);
    expect((await node.login('carol')).bodies).toEqual(['m2']);
  });

  test('a rejection below lastCid, before it takes the cid for an accepted one', async () => {
    const before = new TestNode({ limits: { mailboxMessages: 1 } });
    const lost = await before.login('alice');
    lost.send1(1, 'bob');
    lost.send1(2, 'bob');
    lost.send1(3, 'carol');
    await before.settle();
    const node = before.crash();
    const alice = await node.login('alice');
    expect(alice.of('welcome')[0]!.lastCid).toBe(3);
    for (const [cid, to] of [
      [1, 'bob'],
      [2, 'bob'],
      [3, 'carol'],
    ] as const)
      alice.send1(cid, to, `m${cid}`, again);
    await node.settle();
    expect(alice.of('accepted').map((f) => f.cid)).toEqual([1, 3]);
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'mailbox_full' }]);
    expect((await node.login('bob')).bodies).toEqual(['m1']);
  });

  test('a rejected READ', async () => {
    const before = new TestNode({ limits: { rate: 1 } });
    const lost = await before.login('alice');
    await before.login('bob');
    lost.write((w) => w.read(1, 'bob', 1, 1));
    lost.write((w) => w.read(2, 'bob', 1, 2));
    await before.settle();
    expect(lost.of('rejected')).toMatchObject([{ cid: 2, code: 'rate_limited' }]);
    const node = before.crash();
    const alice = await node.login('alice');
    alice.write((w) => w.read(1, 'bob', 1, 1, true));
    alice.write((w) => w.read(2, 'bob', 1, 2, true));
    node.run();
    await node.pass(5);
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'rate_limited' }]);
    expect(node.store.receipts('bob')).toMatchObject([{ peer: 'alice', kind: 2, cid: 1 }]);
  });

  test('a failure whose receipt still waits', async () => {
    const before = new TestNode();
    (await withLastCidHeldAtZero(before)).write((w) => w.send(2, 'carol', Buffer.from('m2'), { ttl: 1 }));
    await before.flush();
    await before.pass(1_000);
    await before.pass(5);
    expect(before.store.count('carol').messages).toBe(0);
    const node = before.crash();
    const alice = await node.login('alice');
    expect(alice.of('welcome')[0]!.lastCid).toBe(0);
    alice.send1(1, 'bob', 'm1', again);
    alice.write((w) => w.send(2, 'carol', Buffer.from('m2'), { ttl: 1, again: true }));
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, peer: 'carol', cid: 2, code: 'expired' }]);
    expect((await node.login('carol')).bodies).toEqual([]);
  });

  test('a failure within a range that still waits', async () => {
    const before = new TestNode();
    const lost = await withLastCidHeldAtZero(before);
    for (let cid = 2; cid <= 4; cid++) lost.send1(cid, 'carol');
    await before.flush();
    const purged = before.core.purge('carol', () => true);
    await before.settle();
    expect(await purged).toBe(3);
    const node = before.crash();
    const alice = await node.login('alice');
    alice.send1(3, 'carol', 'm3', again);
    await node.settle();
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, cid: 2, upTo: 4, code: 'purged' }]);
    expect((await node.login('carol')).bodies).toEqual([]);
  });

  test('a receipt that covers it and still waits', async () => {
    const before = new TestNode();
    const lost = await withLastCidHeldAtZero(before);
    lost.send1(2, 'carol');
    await before.flush();
    const carol = await before.login('carol');
    carol.ack(1);
    await before.pass(10);
    expect(before.store.count('carol').messages).toBe(0);
    const node = before.crash();
    const alice = await node.login('alice');
    expect(alice.of('welcome')[0]!.lastCid).toBe(0);
    alice.send1(1, 'bob', 'm1', again);
    alice.send1(2, 'carol', 'm2', again);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect((await node.login('carol')).bodies).toEqual([]);
  });

  test('what was sent before although the client forgot to say again', async () => {
    const before = new TestNode();
    (await withLastCidHeldAtZero(before)).send1(2, 'carol');
    await before.flush();
    const node = before.crash();
    const alice = await node.login('alice');
    alice.send1(2, 'carol');
    await node.settle();
    expect((await node.login('carol')).bodies).toEqual(['m2']);
  });
});

describe('a resend that is not found', () => {
  test('is taken by a mailbox that is full of messages', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 1 } });
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    alice.send1(2, 'bob', 'm2', again);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect(alice.of('rejected')).toEqual([]);
  });

  test('is taken by a mailbox that is full of messages where the node before may have taken it, too', async () => {
    const limits = { mailboxMessages: 1 };
    const before = new TestNode({ limits });
    const lost = await before.login('alice');
    lost.send1(1, 'bob');
    await before.settle();
    const node = before.crash({ limits });
    const alice = await node.login('alice');
    alice.send1(2, 'bob', 'm2', again);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect(alice.of('rejected')).toEqual([]);
  });

  test('is taken over the window and over the rate, a READ too', async () => {
    const node = new TestNode({ limits: { sendWindow: 1, rate: 1 } });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 4; cid++) alice.send1(cid, 'bob', `m${cid}`, again);
    alice.write((w) => w.read(5, 'bob', 1, 1, true));
    await node.settle();
    expect(alice.acceptedUpTo).toBe(5);
    expect(alice.of('rejected')).toEqual([]);
  });

  test('is taken from a sender with too many receipts', async () => {
    const node = new TestNode({ limits: { receipts: 2 } });
    const alice = await node.login('alice', { client: 'c', window: 1 });
    for (const [n, peer] of ['bob', 'carol', 'dave'].entries()) {
      alice.send1(n + 1, peer);
      node.run();
      (await node.login(peer)).ack(1);
      node.run();
    }
    await node.pass(10);
    alice.send1(4, 'erin');
    alice.send1(5, 'erin', 'm5', again);
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 4, code: 'overloaded' }]);
    expect(alice.acceptedUpTo).toBe(5);
  });
});

test('a resend pays for no walk through what others have sent, nor through what was rejected, where it cannot be there', async () => {
  const limits = { mailboxMessages: 100 };
  const before = new TestNode({ limits });
  const users = ['ann', 'ben', 'cat', 'dan'];
  for (const user of users) await before.login(user);
  const node = before.crash({ limits });
  const clients = await Promise.all(users.map((user) => node.login(user)));
  const walks = jest.spyOn(node.core.open('bob'), 'hasUnflushed');
  for (const client of clients) for (let cid = 1; cid <= 20; cid++) client.send1(cid, 'bob', 'x', again);
  node.run();
  expect(walks).not.toHaveBeenCalled();
  await node.settle();
  expect(clients.map(({ acceptedUpTo }) => acceptedUpTo)).toEqual([20, 20, 20, 20]);
});

test('a first send pays for no look-up', async () => {
  const node = new TestNode();
  const holds = jest.spyOn(node.store, 'holds');
  const alice = await node.login('alice');
  for (let cid = 1; cid <= 3; cid++) {
    alice.send1(cid, 'bob');
    await node.settle();
  }
  expect(alice.acceptedUpTo).toBe(3);
  expect(holds).not.toHaveBeenCalled();
});
