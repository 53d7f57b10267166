/**
 * Rule 6: a purge is flushed before later entries of the pair leave. The end of a `ttl` is stored with the entry and tested
 * at every read, so expiry needs no flush of its own.
 *
 * Guards mailbox/mailbox.ts `purge` (`block`), mailbox/hand-out.ts `#next` (the test of `expiresAt`) and
 * mailbox/request.ts `Message.stored` (`expiresAt` comes back from the store).
 */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

test('a purge is flushed before later entries of the pair leave', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  const bob = await node.login('bob', { client: 'c', window: 1 });
  for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob');
  await node.settle();
  expect(bob.bodies).toEqual(['m1']);
  const purged = node.core.purge('bob', () => true);
  node.run();
  bob.ack(1);
  alice.send1(4, 'bob');
  node.run();
  expect(bob.bodies).toEqual(['m1']);
  await node.flush();
  expect(await purged).toBe(2);
  expect(bob.bodies).toEqual(['m1', 'm4']);
});

test('a purge that a crash undoes has let nothing pass', async () => {
  const before = new TestNode();
  const lost = await before.login('alice');
  const first = await before.login('bob', { client: 'c', window: 1 });
  for (let cid = 1; cid <= 3; cid++) lost.send1(cid, 'bob');
  await before.settle();
  void before.core.purge('bob', () => true);
  before.run();
  first.ack(1);
  lost.send1(4, 'bob');
  before.run();
  const node = before.crash();
  const bob = await node.login('bob');
  const alice = await node.login('alice');
  alice.send1(4, 'bob', 'm4', { again: true });
  await node.settle();
  const seen = [...new Set([...first.bodies, ...bob.bodies])];
  expect(seen).toEqual(['m1', 'm2', 'm3', 'm4']);
});

describe('a ttl that has ended', () => {
  test('is noticed when the mailbox is read, before any sweep', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'm1', { ttl: 1 });
    alice.send1(2, 'bob');
    await node.settle();
    node.clock.advance(1_000);
    const bob = await node.login('bob');
    expect(bob.bodies).toEqual(['m2']);
    await node.pass(5);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, peer: 'bob', cid: 1, code: 'expired' }]);
  });

  test('is noticed after a restart, because it is stored with the entry', async () => {
    const before = new TestNode();
    const lost = await before.login('alice');
    lost.send1(1, 'bob', 'm1', { ttl: 1 });
    await before.settle();
    const node = before.crash();
    node.clock.advance(1_000);
    const bob = await node.login('bob');
    expect(bob.bodies).toEqual([]);
    const alice = await node.login('alice');
    await node.pass(5);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, cid: 1, code: 'expired' }]);
  });

  test('is noticed after a crash that took the end of an earlier notice', async () => {
    const before = new TestNode();
    const lost = await before.login('alice');
    lost.send1(1, 'bob', 'm1', { ttl: 1 });
    await before.settle();
    before.clock.advance(1_000);
    before.core.tick();
    before.run();
    const node = before.crash();
    expect(node.store.count('bob').messages).toBe(1);
    const bob = await node.login('bob');
    const alice = await node.login('alice');
    await node.pass(5);
    expect(bob.bodies).toEqual([]);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, cid: 1, code: 'expired' }]);
    expect(node.core.ledger).toMatchObject({ failed: 1, pending: 0, imbalance: 0 });
  });
});
