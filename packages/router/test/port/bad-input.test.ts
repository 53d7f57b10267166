/** Every row of "What bad input gets" (docs/protocol.md, section 10) that a port answers; text and size are the socket's. */
import { describe, expect, test } from '@jest/globals';
import type { FrameWriter } from '@mailbeam/protocol';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const body = Buffer.from('x');
const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(' ', ''), 'hex');

function expectEnded(client: TestClient, code: number, reason: string): void {
  expect(client.closedWith).toEqual({ code, reason });
  expect(client.frames.at(-1)).toEqual({ op: 'error', code: reason });
}

/** A pair that goes on exchanging messages while somebody else misbehaves. */
async function withWitness(run: (node: TestNode) => Promise<void>, node = new TestNode()): Promise<void> {
  const w1 = await node.login('w1');
  const w2 = await node.login('w2');
  await run(node);
  w1.send1(1, 'w2');
  node.run();
  w2.ack(1);
  node.run();
  expect([w2.bodies, w1.acceptedUpTo, w1.closedWith, w2.closedWith]).toEqual([['m1'], 1, null, null]);
}

const badBytes: [string, Buffer][] = [
  ['bytes that are no MessagePack', hex('c1')],
  ['a frame that is no array', hex('05')],
  ['an empty array', hex('90')],
  ['a truncated frame', hex('93 03 01')],
  ['an array that claims 2^32 - 1 elements', hex('dd ff ff ff ff 03')],
  ['a bin that claims 2^32 - 1 bytes', hex('94 03 01 a1 62 c6 ff ff ff ff')],
  ['a missing field', hex('93 03 01 a1 62')],
  ['an ill-typed field', hex('94 03 a1 31 a1 62 c4 00')],
  ['a negative cid', hex('94 03 ff a1 62 c4 00')],
  ['a float as cid', hex('94 03 cb 3f f0 00 00 00 00 00 00 a1 62 c4 00')],
  ['a body that is a str', hex('94 03 01 a1 62 a1 78')],
  ['an ext type', hex('94 03 01 a1 62 d4 01 00')],
  ['invalid UTF-8', hex('94 03 01 a1 ff c4 00')],
  ['an op below 64 that is not in the table', hex('92 28 00')],
  ['an op that only a router sends', hex('93 04 01 00')],
  ['an op that is no number', hex('91 a1 78')],
];

const badFrames: [string, (w: FrameWriter) => void][] = [
  ['a second HELLO', (w) => w.hello('mallory', {})],
  ['a cid that is not above the last', (w) => (w.send(5, 'w1', body, {}), w.send(5, 'w1', body, {}))],
  ['a READ with a cid below the last SEND', (w) => (w.send(5, 'w1', body, {}), w.read(4, 'w1', 1, 1))],
  ['an ACK above what was sent', (w) => w.ack(1)],
  ['an ill-formed name in READ', (w) => w.read(1, '', 1, 1)],
  ['a group in READ', (w) => w.read(1, '#g', 1, 1)],
  ['an ill-formed name in SIGNAL', (w) => w.signal('a\u0000b', body)],
  ['an ill-formed name in WATCH', (w) => w.watch(['ok', 'x'.repeat(129)], true)],
  ['a service in WATCH', (w) => w.watch(['$s'], true)],
];

describe('ERROR bad_frame and close 4000 for', () => {
  test.each(badBytes)('%s', (_, bytes) =>
    withWitness(async (node) => {
      const mallory = await node.login('mallory');
      mallory.raw(bytes);
      await node.settle();
      expectEnded(mallory, 4000, 'bad_frame');
    }),
  );

  test.each(badFrames)('%s', (_, write) =>
    withWitness(async (node) => {
      const mallory = await node.login('mallory');
      mallory.write(write);
      await node.settle();
      expectEnded(mallory, 4000, 'bad_frame');
    }),
  );

  test.each([
    ['a window of 0', { window: 0 }],
    ['a window of 4097', { window: 4_097 }],
    ['an empty client', { client: '' }],
    ['a client of 33 bytes', { client: 'x'.repeat(33) }],
  ])('%s in HELLO', async (_, options) => {
    const node = new TestNode();
    const mallory = node.connect();
    mallory.write((w) => w.hello('mallory', options));
    await node.settle();
    expectEnded(mallory, 4000, 'bad_frame');
  });

  test('a frame nested 10,000 deep', () =>
    withWitness(async (node) => {
      const mallory = await node.login('mallory');
      mallory.raw(Buffer.concat([hex('95 0d 01 a1 73 a1 6d'), Buffer.alloc(10_000, 0x91), hex('00')]));
      await node.settle();
      expectEnded(mallory, 4000, 'bad_frame');
    }));
});

describe('ERROR unauthorized and close 4001 for', () => {
  test.each<[string, (w: FrameWriter) => void]>([
    ['a SEND before HELLO', (w) => w.send(1, 'w1', body, {})],
    ['an ACK before HELLO', (w) => w.ack(1)],
    ['a READ before HELLO', (w) => w.read(1, 'w1', 1, 1)],
    ['a SIGNAL before HELLO', (w) => w.signal('w1', body)],
    ['a WATCH before HELLO', (w) => w.watch(['w1'], true)],
    ['a CALL before HELLO', (w) => w.call(1, 's', 'm', null)],
    ['a token that is no name', (w) => w.hello('', {})],
    ['a token that names a group', (w) => w.hello('#group', {})],
  ])('%s', (_, write) =>
    withWitness(async (node) => {
      const mallory = node.connect();
      mallory.write(write);
      await node.settle();
      expectEnded(mallory, 4001, 'unauthorized');
    }),
  );
});

describe('no HELLO', () => {
  test('within 5 s ends with ERROR hello_timeout and close 4002, in the order of the connections', async () => {
    const node = new TestNode();
    const first = node.connect();
    await node.pass(3_000);
    const second = node.connect();
    await node.pass(1_999);
    expect(first.closedWith).toBeNull();
    await node.pass(1);
    expectEnded(first, 4002, 'hello_timeout');
    expect(second.closedWith).toBeNull();
    await node.pass(3_000);
    expectEnded(second, 4002, 'hello_timeout');
  });

  test('is no matter once it has come', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    await node.pass(60_000);
    expect(alice.closedWith).toBeNull();
  });
});

describe('what is answered without a close', () => {
  test('an ACK below an earlier one is ignored', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob');
    node.run();
    bob.ack(3);
    bob.ack(1);
    bob.ack(3);
    node.run();
    expect(bob.closedWith).toBeNull();
    expect(node.core.ledger.delivered).toBe(3);
  });

  test.each([
    ['an ill-formed name', '', {}, 'invalid'],
    ['a name of 129 bytes', 'x'.repeat(129), {}, 'invalid'],
    ['a name with a control character', 'a\u0007', {}, 'invalid'],
    ['a ttl of 0', 'bob', { ttl: 0 }, 'invalid'],
    ['a ttl over 30 days', 'bob', { ttl: 2_592_001 }, 'invalid'],
    ['a group that does not exist', '#g', {}, 'unknown_recipient'],
    ['a service that does not exist', '$s', {}, 'unknown_recipient'],
  ])('a SEND with %s', async (_, to, options, code) => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, to, 'x', options);
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 1, code }]);
    expect(alice.closedWith).toBeNull();
  });

  test('a body of maxBody is taken, one byte more is too_large', async () => {
    const node = new TestNode({ limits: { maxBodyBytes: 100 } });
    const alice = await node.login('alice');
    alice.send1(1, 'bob', 'x'.repeat(100));
    alice.send1(2, 'bob', 'x'.repeat(101));
    await node.settle();
    expect([alice.acceptedUpTo, alice.of('rejected')[0]]).toMatchObject([1, { cid: 2, code: 'too_large' }]);
  });

  test('unknown ops from 64 up, extra fields and unknown options are ignored', () =>
    withWitness(async (node) => {
      const carol = await node.login('carol');
      carol.raw(hex('92 40 00'));
      carol.raw(hex('93 07 00 c0'));
      carol.raw(hex('95 03 01 a2 77 31 c4 01 78 81 a1 7a 01'));
      node.run();
      await node.pass(5);
      expect([carol.closedWith, carol.acceptedUpTo]).toEqual([null, 1]);
    }));

  test('an empty message is ignored, before HELLO too', async () => {
    const node = new TestNode();
    const client = node.connect();
    client.raw(new Uint8Array(0));
    client.write((w) => w.hello('alice', {}));
    await node.settle();
    expect(client.of('welcome')).toHaveLength(1);
  });
});

describe('too many requests', () => {
  test('one more than sendWindow unanswered is rate_limited, a READ too, and the next is taken when there is room', async () => {
    const node = new TestNode({ limits: { sendWindow: 2 } });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob');
    alice.write((w) => w.read(4, 'bob', 1, 1));
    await node.settle();
    alice.send1(5, 'bob');
    await node.settle();
    expect(alice.of('rejected').map((f) => `${f.cid} ${f.code} ${f.retryAfterMs}`)).toEqual([
      '3 rate_limited 100',
      '4 rate_limited 100',
    ]);
    expect(alice.acceptedUpTo).toBe(5);
  });

  test('over `rate` a second is rate_limited', async () => {
    const node = new TestNode({ limits: { rate: 3 } });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 5; cid++) alice.send1(cid, 'bob');
    await node.settle();
    expect(alice.of('rejected').map((f) => [f.cid, f.retryAfterMs])).toEqual([
      [4, 1_000],
      [5, 1_000],
    ]);
    node.clock.advance(1_000);
    alice.send1(6, 'bob');
    await node.settle();
    expect(alice.acceptedUpTo).toBe(6);
  });

  test('1,001 refusals within 10 s end with ERROR rate_limited and close 4005', () =>
    withWitness(
      async (node) => {
        const mallory = await node.login('mallory');
        for (let cid = 1; cid <= 1_001; cid++) {
          mallory.send1(cid, 'w1');
          if (cid % 100 === 0) await node.settle();
        }
        await node.settle();
        expect(mallory.closedWith).toBeNull();
        mallory.send1(1_002, 'w1');
        await node.settle();
        expectEnded(mallory, 4005, 'rate_limited');
      },
      new TestNode({ limits: { rate: 1 } }),
    ));

  test('frames that come faster than they can be handled end with close 4005', async () => {
    const node = new TestNode();
    const mallory = await node.login('mallory');
    mallory.write((w) => {
      for (let n = 0; n < 10_001; n++) w.signal('bob', body);
    });
    expectEnded(mallory, 4005, 'rate_limited');
    await node.settle();
  });
});

test('what came before a bad frame is taken once: at the time, or when it is resent', async () => {
  const node = new TestNode();
  const bob = await node.login('bob');
  const mallory = await node.login('mallory');
  mallory.write((w) => w.send(1, 'bob', body, {}));
  node.run();
  mallory.raw(Buffer.concat([hex('94 03 02 a3 62 6f 62 c4 01 79'), hex('c1')]));
  await node.settle();
  expectEnded(mallory, 4000, 'bad_frame');
  const again = await node.login('mallory');
  again.send1(1, 'bob', 'x', { again: true });
  again.send1(2, 'bob', 'y', { again: true });
  await node.settle();
  await node.pass(5);
  expect(bob.bodies).toEqual(['x', 'y']);
  expect(again.acceptedUpTo).toBe(2);
});
