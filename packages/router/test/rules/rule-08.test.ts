/**
 * Rule 8: the port keeps `seq` and what it stands for, unanswered SENDs and unacked receipts across a crash of the session.
 * What a session asks for takes effect only when the handling returns. The message is then handled again, first and alone;
 * after `maxAttempts` the router looks it up and answers what it finds, else a first send is rejected `failed`, one with
 * `again` gets a kind 3 `undeliverable`, flushed before later ones of the pair leave. A mailbox that gets a new connection
 * hands out unflushed entries too.
 *
 * Guards port/port.ts `begin`, `finish`, `sessionStarted`, `#handled`, `#giveMore`; port/crashed-frame.ts;
 * sessions.ts `endLost`; mailbox/hand-out.ts `#readAhead` (unflushed entries).
 */
import { describe, expect, test } from '@jest/globals';
import type { Pid } from '@mailbeam/actors';
import { Op } from '@mailbeam/protocol';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';
import { crashing, plantedSession } from './planted-session.js';
import type { PlantedSession } from './planted-session.js';

async function pair(planted: PlantedSession): Promise<{ node: TestNode; alice: TestClient; bob: TestClient }> {
  const node = new TestNode({ session: planted.module });
  return { node, alice: await node.login('alice'), bob: await node.login('bob') };
}

function depthOfSession(node: TestNode, client: TestClient): number {
  return node.core.system.info(client.port.session as Pid)!.depth;
}

describe.each(['crash before', 'crash after'] as const)('a session that has a %s deciding', (fate) => {
  test('is restarted on the same port and its client notices nothing', async () => {
    const { node, alice, bob } = await pair(crashing(1, 1, fate));
    const before = alice.port.session;
    alice.send1(1, 'bob');
    node.run();
    expect(node.crashes).toHaveLength(1);
    expect(node.core.system.isAlive(before as Pid)).toBe(false);
    expect(node.core.system.isAlive(alice.port.session as Pid)).toBe(true);
    expect(bob.bodies).toEqual(['m1']);
    bob.ack(1);
    node.run();
    expect(alice.frames.map((f) => f.op)).toEqual(['welcome', 'receipt', 'accepted']);
    expect(alice.closedWith).toBeNull();
  });

  test('leaves nothing of the handling that crashed', async () => {
    const { node, alice, bob } = await pair(crashing(1, 2, fate));
    alice.send1(1, 'bob');
    await node.settle();
    await node.pass(5);
    expect(bob.bodies).toEqual(['m1']);
    expect(alice.acceptedUpTo).toBe(1);
    expect(node.core.ledger).toMatchObject({ accepted: 1, pending: 1, imbalance: 0 });
  });
});

describe('what a handling asked for', () => {
  test('is forgotten when it crashed: the next one decides anew', async () => {
    const planted = plantedSession((cid, attempt) => {
      if (cid !== 1) return 'handle';
      return attempt === 1 ? 'crash after' : (port) => port.reject('forbidden', 'decided anew');
    });
    const { node, alice, bob } = await pair(planted);
    alice.send1(1, 'bob');
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'forbidden' }]);
    expect(bob.bodies).toEqual([]);
  });

  test('is forgotten also where the next one asks for nothing', async () => {
    const { node, alice, bob } = await pair(plantedSession((_, attempt) => (attempt === 1 ? 'crash after' : () => {})));
    alice.send1(1, 'bob');
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'failed' }]);
    expect(bob.bodies).toEqual([]);
  });

  test('takes effect when an async handling has settled, not before', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const planted = plantedSession((cid) => {
      if (cid !== 1) return 'handle';
      return (port) => {
        port.route();
        return gate;
      };
    });
    const { node, alice, bob } = await pair(planted);
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    await node.settle();
    expect([planted.handled, bob.bodies]).toEqual([[1], []]);
    release();
    await settled();
    node.run();
    expect([planted.handled, bob.bodies]).toEqual([
      [1, 2],
      ['m1', 'm2'],
    ]);
  });

  test('is forgotten when an async handling rejects, and the frame is handled again', async () => {
    const planted = plantedSession((cid, attempt) => {
      if (cid !== 1 || attempt > 1) return 'handle';
      return async (port) => {
        port.reject('forbidden', 'too soon');
        await Promise.resolve();
        throw new Error('planted: async');
      };
    });
    const { node, alice, bob } = await pair(planted);
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    for (let n = 0; n < 3; n++) {
      node.run();
      await settled();
    }
    node.run();
    expect(planted.handled).toEqual([1, 1, 2]);
    expect(bob.bodies).toEqual(['m1', 'm2']);
    expect(alice.of('rejected')).toEqual([]);
  });
});

describe('the frame in hand at a crash', () => {
  test('is handled again before those behind it, in their order', async () => {
    const planted = crashing(2, 2);
    const { node, alice, bob } = await pair(planted);
    for (let cid = 1; cid <= 4; cid++) alice.send1(cid, 'bob');
    node.run();
    expect(planted.handled).toEqual([1, 2, 2, 2, 3, 4]);
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  test('is alone with the session while it is handled again; what comes meanwhile waits in the port', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const planted = plantedSession((cid, attempt) => {
      if (cid !== 1) return 'handle';
      return attempt === 1
        ? 'crash before'
        : (port) => {
            port.route();
            return gate;
          };
    });
    const { node, alice, bob } = await pair(planted);
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    node.run();
    alice.send1(3, 'bob');
    node.run();
    expect([planted.handled, depthOfSession(node, alice)]).toEqual([[1, 1], expect.any(Number)]);
    expect(depthOfSession(node, alice)).toBeLessThanOrEqual(1);
    release();
    await settled();
    node.run();
    expect(planted.handled).toEqual([1, 1, 2, 3]);
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3']);
  });
});

describe('the port keeps across a crash of its session', () => {
  test('the numbers of what was handed out, and what of it is unacked', async () => {
    const { node, alice, bob } = await pair(
      plantedSession((id, attempt) => (id === Op.WATCH && attempt === 1 ? 'crash before' : 'handle')),
    );
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    node.run();
    bob.write((w) => w.watch(['alice'], true));
    node.run();
    expect(node.crashes).toHaveLength(1);
    alice.send1(3, 'bob');
    node.run();
    expect(bob.of('deliver').map((f) => f.seq)).toEqual([1, 2, 3]);
    bob.ack(3);
    node.run();
    expect(alice.acceptedUpTo).toBe(3);
    expect(alice.of('receipt')).toMatchObject([{ cid: 3 }]);
  });

  test('the SENDs that are not answered yet', async () => {
    const { node, alice, bob } = await pair(crashing(2, 1));
    alice.send1(1, 'bob');
    node.run();
    alice.send1(2, 'carol');
    node.run();
    expect(node.crashes).toHaveLength(1);
    expect(alice.of('accepted')).toEqual([]);
    await node.settle();
    bob.ack(1);
    node.run();
    expect(alice.acceptedUpTo).toBe(2);
  });

  test('an ACK that came behind the frame', async () => {
    const { node, alice, bob } = await pair(crashing(7, 2));
    alice.send1(1, 'bob');
    node.run();
    bob.write((w) => {
      w.send(7, 'alice', Buffer.from('re'), {});
      w.ack(1);
    });
    node.run();
    expect(alice.bodies).toEqual(['re']);
    expect(alice.acceptedUpTo).toBe(1);
  });
});

describe('a frame whose handling crashed maxAttempts times', () => {
  test('is a first SEND: rejected `failed` once that is on disk, and later ones of the pair wait for it', async () => {
    const planted = crashing(1, Infinity, 'crash after');
    const { node, alice, bob } = await pair(planted);
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    node.run();
    expect(planted.handled).toEqual([1, 1, 1, 2]);
    expect([alice.of('rejected'), bob.bodies]).toEqual([[], []]);
    await node.flush();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'failed' }]);
    expect(bob.bodies).toEqual(['m2']);
    expect(node.core.ledger).toMatchObject({ failed: 0, imbalance: 0 });
    const after = node.crash();
    const again = await after.login('alice');
    again.send1(1, 'bob', 'm1', { again: true });
    await after.settle();
    expect(again.of('rejected')).toMatchObject([{ cid: 1, code: 'failed' }]);
  });

  test('is a resend that is not found: failed `undeliverable`, on disk before later ones of the pair leave', async () => {
    const { node, alice, bob } = await pair(crashing(1, Infinity));
    alice.send1(1, 'bob', 'm1', { again: true });
    alice.send1(2, 'bob');
    node.run();
    expect(bob.bodies).toEqual([]);
    await node.settle();
    await node.pass(5);
    expect(bob.bodies).toEqual(['m2']);
    expect(alice.of('rejected')).toEqual([]);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, peer: 'bob', cid: 1, code: 'undeliverable' }]);
    bob.ack(1);
    await node.pass(5);
    expect(alice.acceptedUpTo).toBe(2);
    expect(node.core.ledger).toMatchObject({ accepted: 2, failed: 1, delivered: 1, pending: 0, imbalance: 0 });
    expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
  });

  test('holds nothing back before the kind 3 is on disk only for its own pair', async () => {
    const { node, alice } = await pair(crashing(1, Infinity));
    const carol = await node.login('carol');
    alice.send1(1, 'bob', 'm1', { again: true });
    alice.send1(2, 'carol');
    node.run();
    expect(carol.bodies).toEqual(['m2']);
  });

  test('is a resend of what was taken before: accepted, and not delivered again', async () => {
    const before = new TestNode();
    (await before.login('alice')).send1(1, 'bob');
    await before.settle();
    const node = before.crash({ session: crashing(1, Infinity).module });
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'm1', { again: true });
    await node.settle();
    expect(alice.acceptedUpTo).toBe(1);
    expect([alice.of('rejected'), alice.of('receipt')]).toEqual([[], []]);
    expect((await node.login('bob')).bodies).toEqual(['m1']);
  });

  test('is a resend of what was rejected before: rejected as before', async () => {
    const before = new TestNode({ limits: { mailboxMessages: 1 } });
    const lost = await before.login('alice');
    lost.send1(1, 'bob');
    lost.send1(2, 'bob');
    await before.settle();
    const node = before.crash({ session: crashing(2, Infinity).module });
    const alice = await node.login('alice');
    alice.send1(2, 'bob', 'm2', { again: true });
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'mailbox_full' }]);
  });

  test('is a first READ: rejected `failed`', async () => {
    const { node, alice } = await pair(crashing(1, Infinity));
    alice.write((w) => w.read(1, 'bob', 1, 1));
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'failed' }]);
    expect(node.store.receipts('bob')).toEqual([]);
  });

  test('is a resent READ: failed `undeliverable`', async () => {
    const { node, alice } = await pair(crashing(1, Infinity));
    alice.write((w) => w.read(1, 'bob', 1, 1, true));
    await node.settle();
    await node.pass(5);
    expect(alice.of('rejected')).toEqual([]);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, peer: 'bob', cid: 1, code: 'undeliverable' }]);
    expect(node.core.ledger).toMatchObject({ accepted: 0, failed: 0, imbalance: 0 });
  });

  test('is a resent READ that was rejected before: rejected as before', async () => {
    const before = new TestNode({ limits: { rate: 1 } });
    const lost = await before.login('alice');
    lost.write((w) => w.read(1, 'bob', 1, 1));
    lost.write((w) => w.read(2, 'bob', 1, 1));
    await before.settle();
    const node = before.crash({ session: crashing(2, Infinity).module });
    const alice = await node.login('alice');
    alice.write((w) => w.read(2, 'bob', 1, 1, true));
    await node.settle();
    await node.pass(5);
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'rate_limited' }]);
    expect(alice.of('receipt')).toEqual([]);
  });

  test('is a resent READ that was taken before: accepted', async () => {
    const before = new TestNode();
    await before.login('bob');
    const lost = await before.login('alice');
    lost.write((w) => w.read(1, 'bob', 1, 1));
    before.run();
    await before.pass(5);
    const node = before.crash({ session: crashing(1, Infinity).module });
    const alice = await node.login('alice');
    expect(alice.of('welcome')[0]!.lastCid).toBe(1);
    alice.write((w) => w.read(1, 'bob', 1, 1, true));
    await node.settle();
    await node.pass(5);
    expect(alice.acceptedUpTo).toBe(1);
    expect(alice.of('receipt')).toEqual([]);
  });

  test('is a resend to a group that was rejected before: rejected as before', async () => {
    const before = new TestNode();
    const lost = await before.login('alice');
    lost.send1(1, '#nowhere');
    await before.settle();
    const node = before.crash({ session: crashing(1, Infinity).module });
    const alice = await node.login('alice');
    alice.send1(1, '#nowhere', 'm1', { again: true });
    await node.pass(5);
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code: 'unknown_recipient' }]);
    expect(alice.of('receipt')).toEqual([]);
  });

  test('is a SEND to an ill-formed name: rejected `invalid`, resent or not', async () => {
    const { node, alice } = await pair(plantedSession(() => 'crash before'));
    alice.send1(1, 'x'.repeat(500));
    alice.send1(2, 'x'.repeat(500), 'm2', { again: true });
    await node.settle();
    await node.pass(5);
    expect(alice.of('rejected')).toMatchObject([
      { cid: 1, code: 'invalid' },
      { cid: 2, code: 'invalid' },
    ]);
    expect(alice.of('receipt')).toEqual([]);
  });

  test('is a SIGNAL or a WATCH: ERROR `failed` without a close', async () => {
    const planted = plantedSession((id) => (id === Op.SIGNAL || id === Op.WATCH ? 'crash after' : 'handle'));
    const { node, alice, bob } = await pair(planted);
    alice.write((w) => w.signal('bob', Buffer.from('s')));
    alice.write((w) => w.watch(['bob'], true));
    alice.send1(1, 'bob');
    node.run();
    expect(planted.handled).toEqual([Op.SIGNAL, Op.SIGNAL, Op.SIGNAL, Op.WATCH, Op.WATCH, Op.WATCH, 1]);
    expect(alice.of('error')).toEqual([
      { op: 'error', code: 'failed' },
      { op: 'error', code: 'failed' },
    ]);
    expect([bob.of('signal'), alice.of('presence')]).toEqual([[], []]);
    expect(bob.bodies).toEqual(['m1']);
    expect(alice.closedWith).toBeNull();
  });

  test('is a CALL: REPLY `failed`', async () => {
    const { node, alice } = await pair(crashing(Op.CALL, Infinity));
    alice.write((w) => w.call(5, 'echo', 'say', {}));
    node.run();
    expect(alice.of('reply')).toMatchObject([{ rid: 5, ok: false }]);
    expect(alice.closedWith).toBeNull();
  });

  test('counts its attempts for itself: the next frame has all of its own', async () => {
    const planted = plantedSession((_, attempt) => (attempt <= 2 ? 'crash before' : 'handle'));
    const { node, alice, bob } = await pair(planted);
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    node.run();
    expect(planted.handled).toEqual([1, 1, 1, 2, 2, 2]);
    expect(bob.bodies).toEqual(['m1', 'm2']);
  });
});

test('a session that crashes beyond its restart intensity ends its own connection and no other', async () => {
  const planted = plantedSession((_, __, user) => (user === 'mallory' ? 'crash before' : 'handle'));
  const { node, alice, bob } = await pair(planted);
  const mallory = await node.login('mallory');
  for (let cid = 1; cid <= 20; cid++) mallory.send1(cid, 'bob');
  await node.settle();
  await node.pass(250); // one tick sees that the session is gone, the next that nobody took its place
  await node.pass(250);
  expect(mallory.of('error')).toMatchObject([{ code: 'failed' }]);
  expect(mallory.closedWith).toMatchObject({ code: 4006 });
  expect(node.crashes).toHaveLength(31);
  alice.send1(1, 'bob');
  node.run();
  expect(bob.bodies).toEqual(['m1']);
  expect([alice.closedWith, bob.closedWith]).toEqual([null, null]);
  const back = await node.login('mallory');
  expect(back.of('welcome')).toHaveLength(1);
});

test('a mailbox that gets a new connection hands out entries that are not flushed yet', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  (await node.login('bob')).cut();
  alice.send1(1, 'bob');
  node.run();
  expect([node.core.commits.underWay, node.store.count('bob').messages]).toEqual([true, 0]);
  const bob = node.connect('bob', { client: 'c' });
  node.run();
  expect(bob.bodies).toEqual(['m1']);
});
