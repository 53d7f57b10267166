import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const codes = (client: TestClient): string[] => client.of('rejected').map((f) => `${f.cid} ${f.code}`);
const failures = (client: TestClient): string[] =>
  client
    .of('receipt')
    .filter((f) => f.kind === 3)
    .map((f) => `${f.peer} ${f.cid}${f.upTo > 0 ? `-${f.upTo}` : ''} ${f.code}`);

describe('the quota of a mailbox', () => {
  test('counts messages: past it the sender gets mailbox_full', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 3 } });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 5; cid++) alice.send1(cid, 'bob');
    await node.settle();
    expect([alice.acceptedUpTo, codes(alice)]).toEqual([3, ['4 mailbox_full', '5 mailbox_full']]);
    expect(node.store.count('bob').messages).toBe(3);
  });

  test('holds also for what was sent before something that was refused at once', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 3 } });
    const alice = await node.login('alice');
    alice.write((w) => {
      for (let cid = 1; cid <= 20; cid++) w.send(cid, 'bob', Buffer.from('x'));
      w.send(21, '$nobody', Buffer.from('x'));
    });
    await node.settle();
    expect(node.store.count('bob').messages).toBe(3);
    expect(codes(alice).slice(0, 2)).toEqual(['4 mailbox_full', '5 mailbox_full']);
    expect(codes(alice).at(-1)).toBe('21 unknown_recipient');
  });

  test('counts bytes of bodies: one that just fits is taken', async () => {
    const node = new TestNode({ limits: { mailboxBytes: 100 } });
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'x'.repeat(60));
    alice.send1(2, 'bob', 'x'.repeat(41));
    alice.send1(3, 'bob', 'x'.repeat(40));
    alice.send1(4, 'bob', 'x');
    await node.settle();
    expect([alice.acceptedUpTo, codes(alice)]).toEqual([3, ['2 mailbox_full', '4 mailbox_full']]);
  });

  test('holds across connections and restarts, and is free again with the ack', async () => {
    const before = new TestNode({ limits: { mailboxMessages: 2 } });
    const lost = await before.login('alice');
    lost.send1(1, 'bob');
    lost.send1(2, 'bob');
    await before.settle();
    const node = before.crash({ limits: { mailboxMessages: 2 } });
    const alice = await node.login('alice');
    alice.send1(3, 'bob');
    await node.settle();
    const bob = await node.login('bob');
    alice.send1(4, 'bob');
    await node.settle();
    bob.ack(1);
    node.run();
    alice.send1(5, 'bob');
    await node.settle();
    expect(codes(alice)).toEqual(['3 mailbox_full', '4 mailbox_full']);
    expect(bob.bodies).toEqual(['m1', 'm2', 'm5']);
  });

  test('does not count what was acked and is not erased yet', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 2 } });
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    await node.settle();
    const bob = await node.login('bob');
    bob.ack(2);
    bob.cut();
    node.run();
    expect(node.store.count('bob').messages).toBe(2);
    alice.send1(3, 'bob');
    alice.send1(4, 'bob');
    alice.send1(5, 'bob');
    await node.settle();
    expect(codes(alice)).toEqual(['5 mailbox_full']);
  });

  test('of one user is no matter for another', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 1 } });
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    alice.send1(2, 'carol');
    await node.settle();
    expect([alice.acceptedUpTo, codes(alice)]).toEqual([2, []]);
  });

  test('counts no receipts', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 1 } });
    const alice = await node.login('alice', { client: 'c', window: 1 });
    for (const [n, peer] of ['b', 'c', 'd'].entries()) {
      alice.send1(n + 1, peer);
      await node.settle();
      (await node.login(peer)).ack(1);
      await node.pass(5);
    }
    (await node.login('erin')).send1(1, 'alice');
    await node.settle();
    expect(node.store.count('alice').messages).toBe(1);
  });
});

describe('a sender with more unacked receipts than the limit', () => {
  test('gets overloaded until it has taken some', async () => {
    const node = new TestNode({ limits: { receipts: 2 } });
    const alice = await node.login('alice');
    for (const [n, peer] of ['b', 'c', 'd'].entries()) {
      alice.send1(n + 1, peer);
      node.run();
      (await node.login(peer)).ack(1);
      node.run();
    }
    alice.send1(4, 'bob');
    await node.settle();
    alice.ack(1);
    alice.send1(5, 'bob');
    await node.settle();
    expect([codes(alice), alice.acceptedUpTo]).toEqual([['4 overloaded'], 5]);
    expect(alice.of('rejected')[0]!.retryAfterMs).toBe(1_000);
  });
});

describe('the window of a connection', () => {
  test('bounds the entries that are unacked; each ack lets the next ones out', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob', { client: 'c', window: 3 });
    for (let cid = 1; cid <= 8; cid++) alice.send1(cid, 'bob');
    await node.settle();
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3']);
    bob.ack(2);
    node.run();
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
    bob.ack(5);
    node.run();
    expect(bob.of('deliver').map((f) => f.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('is 256 where HELLO asks for none, and never more than the limit of the node', async () => {
    const node = new TestNode({ limits: { window: 300 } });
    const alice = await node.login('alice');
    const bob = await node.login('bob', { client: 'c' });
    const carol = await node.login('carol', { client: 'c', window: 4_096 });
    for (let cid = 1; cid <= 800; cid++) {
      alice.send1(cid, cid % 2 === 0 ? 'bob' : 'carol');
      if (cid % 200 === 0) await node.settle();
      if (cid % 200 === 0) await node.pass(5);
    }
    expect([bob.bodies.length, carol.bodies.length]).toEqual([256, 300]);
  });

  test('counts receipts as well', async () => {
    const node = new TestNode();
    const alice = await node.login('alice', { client: 'c', window: 1 });
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    bob.ack(1);
    bob.send1(1, 'alice');
    node.run();
    expect(alice.frames.filter((f) => 'seq' in f)).toHaveLength(1);
    alice.ack(1);
    node.run();
    expect(alice.frames.filter((f) => 'seq' in f)).toHaveLength(2);
  });

  test('bounds the bytes of bodies that are unacked', async () => {
    const node = new TestNode({ limits: { inflightBytes: 1_000 } });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    for (let cid = 1; cid <= 5; cid++) alice.send1(cid, 'bob', String(cid).repeat(400));
    alice.send1(6, 'bob', 'x'.repeat(2_000));
    await node.settle();
    expect(bob.of('deliver').map((f) => f.cid)).toEqual([1, 2]);
    bob.ack(1);
    node.run();
    expect(bob.of('deliver').map((f) => f.cid)).toEqual([1, 2, 3]);
    bob.ack(3);
    node.run();
    bob.ack(5);
    node.run();
    expect(bob.of('deliver').map((f) => f.cid)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('a deep mailbox', () => {
  test('is read in pages as the window opens, and every message comes once and in order', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const total = 1_000;
    for (let cid = 1; cid <= total; cid++) {
      alice.send1(cid, 'bob');
      if (cid % 200 === 0) await node.settle();
    }
    const bob = await node.login('bob', { client: 'c', window: 100 });
    for (let acked = 0; acked < total; acked += 100) {
      alice.send1(total + 1 + acked / 100, 'bob');
      bob.ack(bob.of('deliver').at(-1)!.seq);
      node.run();
      if (acked % 300 === 0) await node.pass(5);
    }
    bob.ack(bob.of('deliver').at(-1)!.seq);
    await node.pass(5);
    expect(bob.of('deliver').map((f) => f.cid)).toEqual(Array.from({ length: total + 10 }, (_, n) => n + 1));
    expect(node.core.ledger).toMatchObject({ accepted: 1_010, pending: 0, imbalance: 0 });
  });
});

describe('a ttl', () => {
  test('ends a message that waits, and its sender is told within 2 s of ticks', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'm1', { ttl: 5 });
    alice.send1(2, 'bob', 'm2', { ttl: 60 });
    alice.send1(3, 'bob');
    await node.settle();
    await node.pass(4_999);
    expect(failures(alice)).toEqual([]);
    for (let n = 0; n < 8; n++) await node.pass(250);
    expect(failures(alice)).toEqual(['bob 1 expired']);
    expect(node.store.count('bob').messages).toBe(2);
    expect((await node.login('bob')).bodies).toEqual(['m2', 'm3']);
    expect(node.core.ledger).toMatchObject({ accepted: 3, failed: 1, pending: 2, imbalance: 0 });
  });

  test('is told once the message is erased on disk: a crash before leaves nothing that was told', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'm1', { ttl: 1 });
    await node.settle();
    node.clock.advance(1_000);
    node.core.tick();
    node.run();
    node.clock.advance(5);
    node.core.tick();
    node.run();
    expect([node.store.unflushed, failures(alice)]).toEqual([1, []]);
    await node.flush();
    expect([node.store.count('bob').messages, failures(alice)]).toEqual([0, ['bob 1 expired']]);
  });

  test('is not looked at while the message is in flight: then the ack decides', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob', 'm1', { ttl: 1 });
    await node.settle();
    await node.pass(5);
    expect(node.store.count('bob').messages).toBe(1);
    for (let n = 0; n < 4; n++) await node.pass(2_500);
    expect([bob.bodies, failures(alice)]).toEqual([['m1'], []]);
    bob.ack(1);
    await node.pass(10);
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
  });

  test('is looked at again when the connection that had the message is gone', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob', 'm1', { ttl: 1 });
    await node.settle();
    await node.pass(10_000);
    bob.cut();
    await node.pass(250);
    await node.pass(5);
    expect(failures(alice)).toEqual(['bob 1 expired']);
    expect((await node.login('bob')).bodies).toEqual([]);
  });

  test('ends what waits behind a full window', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob', { client: 'c', window: 1 });
    alice.send1(1, 'bob');
    alice.send1(2, 'bob', 'm2', { ttl: 1 });
    alice.send1(3, 'bob');
    await node.settle();
    await node.pass(1_000);
    bob.ack(1);
    await node.pass(10);
    expect([bob.bodies, failures(alice)]).toEqual([['m1', 'm3'], ['bob 2 expired']]);
  });

  test('ends a thousand at once and a thousand later, each told once', async () => {
    const node = new TestNode({ limits: { receipts: 1_000_000 } });
    const alice = await node.login('alice', { client: 'c', window: 4_096 });
    for (let cid = 1; cid <= 1_500; cid++) {
      alice.send1(cid, 'bob', 'x', { ttl: 1 });
      if (cid % 250 === 0) await node.settle();
    }
    for (let n = 0; n < 6; n++) await node.pass(500);
    expect(new Set(failures(alice)).size).toBe(1_500);
    expect(failures(alice)).toHaveLength(1_500);
    expect(node.core.ledger).toMatchObject({ accepted: 1_500, failed: 1_500, pending: 0, imbalance: 0 });
    expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
  });
});

describe('a purge', () => {
  test('tells each sender of all that it took in one range', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const carol = await node.login('carol');
    for (let cid = 1; cid <= 4; cid++) alice.send1(cid, 'bob');
    carol.send1(7, 'bob');
    await node.settle();
    const purged = node.core.purge('bob', () => true);
    await node.pass(5);
    await node.pass(5);
    expect(await purged).toBe(5);
    expect([failures(alice), failures(carol)]).toEqual([['bob 1-4 purged'], ['bob 7-7 purged']]);
    expect(node.core.ledger).toMatchObject({ accepted: 5, failed: 5, pending: 0, imbalance: 0 });
    expect(node.store.pending.messages).toBe(0);
    expect((await node.login('bob')).bodies).toEqual([]);
  });

  test('takes what matches only', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 4; cid++) alice.send1(cid, 'bob');
    await node.settle();
    void node.core.purge('bob', (m) => m.cid === 3);
    await node.pass(5);
    await node.pass(5);
    expect(failures(alice)).toEqual(['bob 3-3 purged']);
    expect((await node.login('bob')).bodies).toEqual(['m1', 'm2', 'm4']);
  });

  test('leaves what is in flight to its ack', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob', { client: 'c', window: 2 });
    for (let cid = 1; cid <= 5; cid++) alice.send1(cid, 'bob');
    await node.settle();
    const purged = node.core.purge('bob', () => true);
    await node.pass(5);
    bob.ack(2);
    await node.pass(5);
    expect(await purged).toBe(3);
    expect(bob.bodies).toEqual(['m1', 'm2']);
    expect(node.core.ledger).toMatchObject({ accepted: 5, delivered: 2, failed: 3, pending: 0, imbalance: 0 });
  });

  test('answers what was not on disk yet: it is failed, and accepted by its receipt', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    await node.login('bob', { client: 'c', window: 1 });
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    node.run();
    void node.core.purge('bob', () => true);
    await node.pass(5);
    await node.pass(5);
    expect(failures(alice)).toEqual(['bob 2-2 purged']);
    expect([alice.acceptedUpTo, codes(alice)]).toEqual([2, []]);
    expect(node.core.ledger).toMatchObject({ accepted: 2, failed: 1, pending: 1, imbalance: 0 });
    expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
  });

  test('of an empty mailbox takes nothing and tells nobody', async () => {
    const node = new TestNode();
    const purged = node.core.purge('nobody', () => true);
    await node.settle();
    expect(await purged).toBe(0);
    expect(node.core.mailboxesInMemory).toBe(0);
  });
});

describe('READ', () => {
  test('becomes a receipt of kind 2 and is accepted when that is on disk', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    bob.cut();
    alice.write((w) => w.read(1, 'bob', 1, 4));
    node.run();
    expect(alice.of('accepted')).toEqual([]);
    await node.pass(5);
    expect(alice.acceptedUpTo).toBe(1);
    expect((await node.login('bob')).of('receipt')).toMatchObject([{ kind: 2, peer: 'alice', origin: 1, cid: 4 }]);
  });

  test('of an origin that nobody sends under is accepted and told to nobody', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    await node.login('bob');
    alice.write((w) => w.read(1, 'bob', 9, 4));
    alice.write((w) => w.read(2, 'stranger', 1, 4));
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect([node.store.receipts('bob'), node.store.receipts('stranger')]).toEqual([[], []]);
  });
});
