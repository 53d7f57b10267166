/**
 * Rule 9: the `origin` of a new `client` is flushed before its WELCOME. A take-over (4003) waits until the old port has let
 * go and what its session sent to mailboxes is flushed; what it still owed is unacked again.
 *
 * Guards login.ts `begin` (`mustFlush`, `#hasUnsettled`, `hurry`) and `#sender` (the origin counts those not on disk yet).
 */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

describe('the origin of a new client', () => {
  test('is on disk before its WELCOME', async () => {
    const node = new TestNode();
    const alice = node.connect('alice', { client: 'a' });
    node.run();
    expect(alice.frames).toEqual([]);
    await node.flush();
    expect(alice.of('welcome')).toMatchObject([{ origin: 1, lastCid: 0 }]);
    expect(node.store.highestOrigin('alice')).toBe(1);
  });

  test('is not given to another client by a crash', async () => {
    const before = new TestNode();
    await before.login('alice', { client: 'a' });
    await before.login('alice', { client: 'b' });
    const node = before.crash();
    expect((await node.login('alice', { client: 'd' })).of('welcome')[0]!.origin).toBe(3);
    expect((await node.login('alice', { client: 'a' })).of('welcome')[0]!.origin).toBe(1);
    expect((await node.login('alice', { client: 'b' })).of('welcome')[0]!.origin).toBe(2);
  });

  test('is another one for each connection without a client', async () => {
    const node = new TestNode();
    expect((await node.login('alice', {})).of('welcome')[0]!.origin).toBe(1);
    expect((await node.login('alice', {})).of('welcome')[0]!.origin).toBe(2);
    expect((await node.crash().login('alice', {})).of('welcome')[0]!.origin).toBe(3);
  });

  test('is another one for each client that says HELLO before the one before is on disk', async () => {
    const node = new TestNode();
    const first = node.connect('alice', { client: 'a' });
    const second = node.connect('alice', { client: 'b' });
    await node.settle();
    expect(first.closedWith).toEqual({ code: 4003, reason: 'replaced' });
    expect(second.of('welcome')).toMatchObject([{ origin: 2 }]);
  });
});

describe('a take-over', () => {
  test('closes the old connection with 4003 and welcomes the new one when what was sent is flushed', async () => {
    const node = new TestNode();
    const old = await node.login('alice');
    old.send1(1, 'bob');
    node.run();
    const taken = node.connect('alice', { client: 'c' });
    expect(old.closedWith).toEqual({ code: 4003, reason: 'replaced' });
    node.run();
    expect(taken.of('welcome')).toEqual([]);
    await node.flush();
    expect(taken.of('welcome')).toMatchObject([{ lastCid: 1 }]);
    taken.send1(1, 'bob', 'm1', { again: true });
    await node.settle();
    expect((await node.login('bob')).bodies).toEqual(['m1']);
  });

  test('flushes what waited for an ack as well', async () => {
    const node = new TestNode();
    const old = await node.login('alice');
    await node.login('bob');
    old.send1(1, 'bob');
    node.run();
    expect(node.store.unflushed).toBe(0);
    const taken = await node.login('alice');
    expect(taken.of('welcome')).toMatchObject([{ lastCid: 1 }]);
    expect(node.store.count('bob').messages).toBe(1);
  });

  test('gives the new connection again what the old one owed', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const old = await node.login('bob');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob');
    node.run();
    old.ack(1);
    node.run();
    const taken = await node.login('bob');
    expect(taken.of('deliver').map(({ seq, cid }) => ({ seq, cid }))).toEqual([
      { seq: 1, cid: 2 },
      { seq: 2, cid: 3 },
    ]);
  });

  test('lets nothing leave to the user until it is done', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const old = await node.login('bob');
    old.send1(1, 'carol');
    node.run();
    const taken = node.connect('bob', { client: 'c' });
    alice.send1(1, 'bob');
    node.run();
    expect([...old.bodies, ...taken.bodies]).toEqual([]);
    await node.settle();
    expect(taken.frames.map((f) => f.op)).toEqual(['welcome', 'deliver']);
  });
});
