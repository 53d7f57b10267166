import { callError, defineService, method } from '@mailbeam/handler';
import type { ServiceReceipt } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { AnyService } from '../../src/services/service-version.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';

const base = { name: 'echo', version: '1.0.0', init: () => undefined };

/** Answers each message with its own body. */
const echo = defineService({ ...base, handleMessage: (message, _state, ctx) => void ctx.reply(message, message.body) });

/** Notes each body, and does nothing else. */
function noting(notes: string[], more: object = {}): AnyService {
  return defineService({ ...base, ...more, handleMessage: (message) => void notes.push(message.text()) });
}

describe('a message to a service', () => {
  test('is handled, delivered to it, and answered by a message from its name', async () => {
    const node = new TestNode({ services: [echo] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo', 'hello');
    await node.settle();
    await node.pass(10);
    expect(alice.acceptedUpTo).toBe(1);
    expect(alice.of('receipt')).toMatchObject([{ peer: '$echo', kind: 1, cid: 1 }]);
    expect(alice.of('deliver')).toMatchObject([{ from: '$echo', origin: 1, cid: 1, body: 'hello' }]);
    alice.ack(2);
    await node.pass(500);
    expect(node.core.ledger).toMatchObject({ accepted: 2, delivered: 2, pending: 0, imbalance: 0 });
    expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
  });

  test('is pending until the promise of its handler has settled', async () => {
    let settle = (): void => undefined;
    const slow = defineService({ ...base, handleMessage: () => new Promise<void>((done) => (settle = done)) });
    const node = new TestNode({ services: [slow] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.settle();
    await node.pass(20);
    expect(alice.acceptedUpTo).toBe(1);
    expect(alice.of('receipt')).toEqual([]);
    expect(node.core.ledger.pending).toBe(1);
    settle();
    await settled();
    await node.settle();
    expect(alice.of('receipt')).toMatchObject([{ peer: '$echo', kind: 1, cid: 1 }]);
    expect(node.core.ledger.pending).toBe(0);
  });

  test('that is handled at once and sends nothing need not touch the disk', async () => {
    const notes: string[] = [];
    const node = new TestNode({ services: [noting(notes)] });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 50; cid++) {
      alice.send1(cid, '$echo');
      node.run();
    }
    await node.settle();
    expect(notes).toHaveLength(50);
    expect(node.core.ledger).toMatchObject({ delivered: 50, elided: 50 });
    expect(alice.acceptedUpTo).toBe(50);
  });

  test('waits in the store while the service does not run, and is handled when it does', async () => {
    const before = new TestNode({
      services: [defineService({ ...base, handleMessage: () => new Promise(() => undefined) })],
    });
    const alice = await before.login('alice');
    alice.send1(1, '$echo', 'one');
    alice.send1(2, '$echo', 'two');
    await before.settle();
    await before.pass(10);
    const without = before.crash();
    const again = await without.login('alice');
    again.write((w) => w.send(2, '$echo', Buffer.from('two'), { again: true }));
    again.send1(3, '$echo');
    await without.settle();
    expect(again.of('rejected')).toMatchObject([{ cid: 3, code: 'unknown_recipient' }]);
    const notes: string[] = [];
    const after = without.crash({ services: [noting(notes)] });
    await after.settle();
    expect(notes).toEqual(['one', 'two']);
    await after.pass(500);
    expect(after.core.ledger).toMatchObject({ pending: 0, imbalance: 0 });
    expect(after.core.ledger.storeImbalance(after.store)).toBe(0);
  });

  test('to a name that no service has is rejected, and so is one to a group', async () => {
    const node = new TestNode({ services: [echo] });
    const alice = await node.login('alice');
    alice.send1(1, '$other');
    alice.send1(2, '#echo');
    await node.settle();
    expect(alice.of('rejected').map((f) => f.code)).toEqual(['unknown_recipient', 'unknown_recipient']);
  });
});

describe('a call', () => {
  const counter = defineService<{ total: number }>({
    ...base,
    name: 'counter',
    init: () => ({ total: 0 }),
    methods: {
      add: method(z.object({ by: z.number().int() }), ({ by }, state: { total: number }) => {
        if (by < 0) throw callError('negative', 'only up');
        return (state.total += by);
      }),
      crash: method(z.unknown(), () => {
        throw new Error('oops');
      }),
      never: method(z.unknown(), () => new Promise(() => undefined)),
    },
  });

  async function called(...calls: [method: string, args: unknown, service?: string][]) {
    const node = new TestNode({ services: [counter] });
    const alice = await node.login('alice');
    for (const [i, [name, args, service = 'counter']] of calls.entries())
      alice.write((w) => w.call(i + 1, service, name, args));
    await node.settle();
    return { node, alice, replies: () => alice.of('reply').map(({ rid, ok, result }) => ({ rid, ok, result })) };
  }

  test('gets the result of its method, on the state that the one before left', async () => {
    const { replies } = await called(['add', { by: 2 }], ['add', { by: 3 }]);
    expect(replies()).toEqual([
      { rid: 1, ok: true, result: 2 },
      { rid: 2, ok: true, result: 5 },
    ]);
  });

  test('is refused with a code: no such service, no such method, bad arguments, an error of its own', async () => {
    const { replies, node } = await called(
      ['add', {}, 'nobody'],
      ['toString', {}],
      ['add', { by: 'two' }],
      ['add', { by: -1 }],
    );
    expect(replies()).toMatchObject([
      { rid: 1, ok: false, result: { code: 'unknown_service' } },
      { rid: 2, ok: false, result: { code: 'unknown_method' } },
      { rid: 3, ok: false, result: { code: 'bad_args', detail: expect.stringMatching(/^by: /) as unknown } },
      { rid: 4, ok: false, result: { code: 'negative', detail: 'only up' } },
    ]);
    expect(node.crashes).toEqual([]);
  });

  test('that crashes its service maxAttempts times gets failed, and the state begins anew', async () => {
    const { replies, node, alice } = await called(['add', { by: 2 }], ['crash', null]);
    for (let i = 0; i < 4; i++) await node.pass(1_000);
    expect(node.crashes).toHaveLength(3);
    alice.write((w) => w.call(9, 'counter', 'add', { by: 1 }));
    await node.settle();
    expect(replies()).toMatchObject([
      { rid: 1, result: 2 },
      { rid: 2, ok: false, result: { code: 'failed' } },
      { rid: 9, ok: true, result: 1 },
    ]);
  });

  test('that is not answered in time gets timeout, and its late result is dropped', async () => {
    const { replies, node } = await called(['never', null], ['add', { by: 1 }]);
    await node.pass(9_000);
    expect(replies()).toEqual([]);
    await node.pass(2_000);
    expect(replies()).toMatchObject([
      { rid: 1, ok: false, result: { code: 'timeout' } },
      { rid: 2, ok: false, result: { code: 'timeout' } },
    ]);
  });

  test('beyond what a connection may have unanswered gets overloaded', async () => {
    const { alice } = await called(...Array.from({ length: 300 }, () => ['never', null] as [string, unknown]));
    expect(alice.of('reply')).toHaveLength(300 - 256);
    expect(alice.of('reply')[0]).toMatchObject({ rid: 257, ok: false, result: { code: 'overloaded' } });
  });
});

describe('what a service sends', () => {
  test('to a name that is not known comes back to it as rejected', async () => {
    const receipts: ServiceReceipt[] = [];
    const sender = defineService({
      ...base,
      handleMessage: (_message, _state, ctx) => void ctx.send('$nobody', 'x'),
      handleReceipt: (receipt) => void receipts.push(receipt),
    });
    const node = new TestNode({ services: [sender] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.pass(10);
    expect(receipts).toMatchObject([{ peer: '$nobody', outcome: 'rejected', code: 'unknown_recipient', cid: 1 }]);
    expect(alice.of('receipt')).toHaveLength(1);
  });

  test('is told of as delivered and read', async () => {
    const receipts: ServiceReceipt[] = [];
    const node = new TestNode({
      services: [defineService({ ...echo, handleReceipt: (receipt: ServiceReceipt) => void receipts.push(receipt) })],
    });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.pass(10);
    alice.ack(2);
    alice.write((w) => w.read(2, '$echo', 1, 1));
    await node.pass(10);
    expect(receipts.map(({ outcome, peer, cid }) => ({ outcome, peer, cid }))).toEqual([
      { outcome: 'delivered', peer: 'alice', cid: 1 },
      { outcome: 'read', peer: 'alice', cid: 1 },
    ]);
    expect(alice.acceptedUpTo).toBe(2);
  });

  test('signals both ways', async () => {
    const pong = defineService({
      ...base,
      handleSignal: (signal, _state, ctx) => ctx.signal(signal.from, `${signal.text()}!`),
    });
    const node = new TestNode({ services: [pong] });
    const alice = await node.login('alice');
    alice.write((w) => w.signal('$echo', Buffer.from('ping')));
    await node.settle();
    expect(alice.of('signal')).toEqual([{ op: 'signal', peer: '$echo', body: 'ping!' }]);
  });
});

describe('a timer', () => {
  test('comes after its time with its tag, and one that was cancelled does not', async () => {
    const tags: unknown[] = [];
    const timed = defineService({
      ...base,
      init: (ctx) => {
        ctx.setTimer(100, 'first');
        ctx.cancelTimer(ctx.setTimer(100, 'cancelled'));
      },
      handleTimer: (tag, _state, ctx) => {
        tags.push(tag);
        if (tags.length < 3) ctx.setTimer(50, tags.length);
      },
    });
    const node = new TestNode({ services: [timed] });
    await node.settle();
    for (let i = 0; i < 10; i++) await node.pass(50);
    expect(tags).toEqual(['first', 1, 2]);
  });
});

describe('a context', () => {
  test('throws when it is used after its handling', async () => {
    const codes: unknown[] = [];
    let late = (): unknown => undefined;
    const keeping = defineService({
      ...base,
      handleMessage: (_message, _state, ctx) => {
        late = () => ctx.send('alice', 'late');
      },
    });
    const node = new TestNode({ services: [keeping] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.settle();
    try {
      late();
    } catch (error) {
      codes.push((error as { code: string }).code);
    }
    expect(codes).toEqual(['handling_over']);
    expect(alice.of('deliver')).toEqual([]);
  });
});
