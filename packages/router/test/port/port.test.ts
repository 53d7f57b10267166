import { describe, expect, test } from '@jest/globals';
import { limits as protocolLimits } from '@mailbeam/protocol';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const MIB = 1 << 20;

/** The sizes of the WebSocket messages that a client is sent from now on. */
function sizesOf(client: TestClient): number[] {
  const sizes: number[] = [];
  const send = client.send.bind(client);
  client.send = (bytes) => {
    sizes.push(bytes.length);
    send(bytes);
  };
  return sizes;
}

describe('a batch', () => {
  test('carries all that a turn has to say to a client in one WebSocket message', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const { length } = bob.messages;
    for (let cid = 1; cid <= 50; cid++) alice.send1(cid, 'bob');
    node.run();
    expect(bob.messages.length - length).toBe(1);
    expect(bob.messages.at(-1)).toHaveLength(50);
  });

  test('is sent by itself once it is large, and is never over maxMessage', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const sizes = sizesOf(bob);
    const bodies = [10, 60_000, 60_000, 261_120, 5, 261_120, 261_120, 30_000, 1].map((n) => 'x'.repeat(n));
    for (const [n, body] of bodies.entries()) {
      alice.send1(n + 1, 'bob', body);
    }
    await node.settle();
    expect(bob.bodies.map((b) => b.length)).toEqual(bodies.map((b) => b.length));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(protocolLimits.maxMessageBytes);
    expect(sizes.length).toBeGreaterThan(1);
  });

  test('is never over maxMessage with the longest names before the largest body', async () => {
    const node = new TestNode();
    const name = 'é'.repeat(64);
    const alice = await node.login(name);
    const bob = await node.login('bob');
    const sizes = sizesOf(bob);
    for (let cid = 1; cid <= 20; cid++) alice.send1(cid, 'bob', 'x'.repeat(3_276));
    alice.send1(21, 'bob', 'x'.repeat(261_120));
    await node.settle();
    expect(bob.bodies).toHaveLength(21);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(protocolLimits.maxMessageBytes);
  });
});

describe('a client that does not read', () => {
  test('is sent nothing more over 1 MiB of unsent bytes, until it drains', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    bob.bufferedBytes = MIB + 1;
    alice.send1(1, 'bob');
    node.run();
    const { length } = bob.frames;
    alice.send1(2, 'bob');
    bob.send1(1, 'carol');
    await node.settle();
    expect(bob.frames).toHaveLength(length);
    bob.bufferedBytes = MIB / 2;
    bob.port.drained();
    await node.settle();
    expect(bob.bodies).toEqual(['m1', 'm2']);
    expect(bob.acceptedUpTo).toBe(1);
    expect(node.store.count('carol').messages).toBe(1);
  });

  test('has not drained before half of it is taken', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    bob.bufferedBytes = MIB + 1;
    alice.send1(1, 'bob');
    node.run();
    bob.bufferedBytes = MIB / 2 + 1;
    bob.port.drained();
    alice.send1(2, 'bob');
    node.run();
    expect(bob.bodies).toEqual(['m1']);
  });

  test('is ended after 30 s with ERROR slow_consumer and 4008, and loses nothing', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    bob.bufferedBytes = MIB + 1;
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    await node.settle();
    await node.pass(29_999);
    expect(bob.closedWith).toBeNull();
    await node.pass(1);
    expect(bob.closedWith).toEqual({ code: 4008, reason: 'slow_consumer' });
    expect(bob.frames.at(-1)).toEqual({ op: 'error', code: 'slow_consumer' });
    expect([...new Set([...(await node.login('bob')).bodies])]).toEqual(['m1', 'm2']);
  });

  test('that drains in time starts anew with its 30 s', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const fill = async (cid: number): Promise<void> => {
      bob.bufferedBytes = MIB + 1;
      alice.send1(cid, 'bob');
      await node.settle();
    };
    await fill(1);
    await node.pass(20_000);
    bob.bufferedBytes = 0;
    bob.port.drained();
    await fill(2);
    await node.pass(20_000);
    expect(bob.closedWith).toBeNull();
    await node.pass(10_000);
    expect(bob.closedWith?.code).toBe(4008);
  });

  test('does not hold up others', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const carol = await node.login('carol');
    bob.bufferedBytes = MIB + 1;
    for (let cid = 1; cid <= 10; cid++) {
      alice.send1(2 * cid, 'bob');
      alice.send1(2 * cid + 1, 'carol');
      node.run();
    }
    expect(carol.bodies).toHaveLength(10);
  });
});

describe('a SIGNAL', () => {
  test('goes to its peer with the name of its sender and is never stored', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.write((w) => w.signal('bob', Buffer.from('typing')));
    alice.write((w) => w.signal('nobody', Buffer.from('typing')));
    await node.settle();
    expect(bob.of('signal')).toEqual([{ op: 'signal', peer: 'alice', body: 'typing' }]);
    expect(node.store.pending.messages).toBe(0);
    expect((await node.login('nobody')).of('signal')).toEqual([]);
  });

  test('of 4,096 bytes goes through, one byte more is dropped', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.write((w) => w.signal('bob', Buffer.alloc(4_097, 'x')));
    alice.write((w) => w.signal('bob', Buffer.alloc(4_096, 'x')));
    alice.write((w) => w.signal('#group', Buffer.from('x')));
    node.run();
    expect(bob.of('signal').map((f) => f.body.length)).toEqual([4_096]);
    expect(alice.closedWith).toBeNull();
  });

  test('over its rate is dropped', async () => {
    const node = new TestNode({ limits: { signalRate: 5 } });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    for (let n = 0; n < 9; n++) alice.write((w) => w.signal('bob', Buffer.from(String(n))));
    node.run();
    expect(bob.of('signal').map((f) => f.body)).toEqual(['0', '1', '2', '3', '4']);
    node.clock.advance(200);
    alice.write((w) => w.signal('bob', Buffer.from('later')));
    node.run();
    expect(bob.of('signal').at(-1)!.body).toBe('later');
  });

  test('to a peer that does not read is dropped', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    bob.bufferedBytes = MIB + 1;
    alice.send1(1, 'bob');
    node.run();
    alice.write((w) => w.signal('bob', Buffer.from('x')));
    node.run();
    bob.bufferedBytes = 0;
    bob.port.drained();
    await node.settle();
    expect(bob.of('signal')).toEqual([]);
  });
});

test('a CALL is answered unknown_service while there are none', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  alice.write((w) => w.call(3, 'echo', 'say', { text: 'x' }));
  node.run();
  expect(alice.of('reply')).toMatchObject([{ rid: 3, ok: false, result: { code: 'unknown_service' } }]);
});

test('what was written is sent before a close', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  const bob = await node.login('bob');
  alice.send1(1, 'bob');
  node.run();
  bob.ack(1);
  alice.port.close(4006, 'going_away');
  expect(alice.closedWith).toEqual({ code: 4006, reason: 'going_away' });
  const { length } = alice.frames;
  node.run();
  expect(alice.frames).toHaveLength(length);
});

test('frames of one message reach the session in the order of their bytes, whatever their size', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  const bob = await node.login('bob');
  const sizes = [1, 20_000, 3, 16_384, 16_385, 0];
  alice.write((w) => {
    for (const [n, size] of sizes.entries()) w.send(n + 1, 'bob', Buffer.alloc(size, String(n)), {});
  });
  await node.settle();
  expect(bob.bodies).toEqual(sizes.map((size, n) => String(n).repeat(size)));
});

test('the bytes that a socket has lent are not looked at again', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  const bytes = Uint8Array.from(Buffer.from('940301a3626f62c40178', 'hex'));
  alice.raw(bytes);
  bytes.fill(0xc1);
  await node.settle();
  expect((await node.login('bob')).bodies).toEqual(['x']);
});
