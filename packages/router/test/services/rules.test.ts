import { defineService, method } from '@mailbeam/handler';
import type { ServiceContext, ServiceMessage } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { builtIn, onlyVersion } from '../../src/built-in.js';
import type { OnDeadLetter } from '../../src/services/service-desk.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const base = { name: 'echo', version: '1.0.0', init: () => undefined };
const echo = defineService({ ...base, handleMessage: (message, _state, ctx) => void ctx.reply(message, message.body) });

/** Handlings that the test ends when it likes, in order of their start. */
function gate() {
  const started: { message: ServiceMessage; settle: () => void; fail: () => void }[] = [];
  const handleMessage = (message: ServiceMessage): Promise<void> =>
    new Promise((resolve, reject) => {
      started.push({ message, settle: resolve, fail: () => reject(new Error('oops')) });
    });
  return { started, handleMessage, bodies: () => started.map(({ message }) => message.text()) };
}

/** Everything that was accepted and is not delivered is on the disk of this node, and the books balance. */
async function balances(node: TestNode): Promise<void> {
  await node.pass(500);
  await node.pass(500);
  expect(node.core.ledger.imbalance).toBe(0);
  expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
}

describe('rule 11.4: what a handling sent is on disk before its message is acked', () => {
  test('the message is pending until then', async () => {
    const node = new TestNode({ services: [echo] });
    await node.settle();
    const alice = await node.login('alice');
    alice.send1(1, '$echo', 'x');
    node.run();
    expect(alice.bodies).toEqual(['x']);
    expect(alice.of('receipt')).toEqual([]);
    await node.flush();
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
  });

  test('a later message of the same sender that sent nothing waits with it', async () => {
    const handleMessage = (message: ServiceMessage, _state: undefined, ctx: ServiceContext): void => {
      if (message.text() === 'loud') ctx.reply(message, 'x');
    };
    const node = new TestNode({ services: [defineService({ ...base, handleMessage })] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo', 'loud');
    alice.send1(2, '$echo', 'quiet');
    node.run();
    expect(alice.bodies).toEqual(['x']);
    expect(alice.of('receipt')).toEqual([]);
    expect(node.core.mailbox('$echo')!.depth).toBe(2);
    await node.flush();
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 2 }]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'a SIGKILL after %d flushes loses no effect of a message that was accepted',
    async (flushes) => {
      const before = new TestNode({ services: [echo] });
      await before.settle();
      const alice = await before.login('alice');
      alice.send1(1, '$echo', 'x');
      before.run();
      for (let i = 0; i < flushes; i++) {
        before.clock.advance(10);
        before.core.tick();
        await before.flush();
      }
      const wasAccepted = alice.acceptedUpTo === 1;
      const wasAnswered = alice.of('receipt').length > 0;
      const node = before.crash({ services: [echo] });
      const again = await node.login('alice');
      if (!wasAccepted) again.write((w) => w.send(1, '$echo', Buffer.from('x'), { again: true }));
      await node.settle();
      await node.pass(10);
      expect(again.bodies.length).toBeGreaterThanOrEqual(1);
      expect(new Set(again.bodies)).toEqual(new Set(['x']));
      expect(wasAnswered || again.of('receipt').some((r) => r.kind === 1 && r.cid === 1)).toBe(true);
      ackAll(again);
      await balances(node);
      expect(node.core.ledger.pending).toBe(0);
    },
  );
});

function ackAll(client: TestClient): void {
  const seqs = client.frames.flatMap((f) => (f.op === 'deliver' || f.op === 'receipt' ? [f.seq] : []));
  if (seqs.length > 0) client.ack(Math.max(...seqs));
}

describe('rule 11.3: effects come when the handling returns', () => {
  test('a crashed handling leaves nothing, its repetition everything, once', async () => {
    let crashes = 1;
    const shaky = defineService({
      ...base,
      handleMessage(message, _state, ctx) {
        ctx.reply(message, 'before');
        ctx.signal(message.from, 'before');
        if (crashes-- > 0) throw new Error('oops');
        ctx.reply(message, 'after');
      },
    });
    const node = new TestNode({ services: [shaky] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.settle();
    await node.pass(10);
    expect(node.crashes).toHaveLength(1);
    expect(alice.bodies).toEqual(['before', 'after']);
    expect(alice.of('signal')).toHaveLength(1);
  });

  test('an async handling that was given up for time has no effect when it settles later', async () => {
    const { started, handleMessage } = gate();
    const slow = defineService({
      ...base,
      async handleMessage(message, _state, ctx) {
        await handleMessage(message);
        ctx.reply(message, `attempt ${started.length}`);
      },
    });
    const node = new TestNode({ services: [slow] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.settle();
    await node.pass(31_000);
    expect(started).toHaveLength(2);
    started[0]!.settle();
    await settled();
    await node.settle();
    expect(alice.bodies).toEqual([]);
    started[1]!.settle();
    await settled();
    await node.settle();
    expect(alice.bodies).toEqual(['attempt 2']);
  });
});

test('a handling that was given up for time does not end the one that took its place', async () => {
  const { started, handleMessage } = gate();
  const node = new TestNode({ services: [defineService({ ...base, handleMessage })] });
  const alice = await node.login('alice');
  alice.send1(1, '$echo');
  await node.settle();
  await node.pass(31_000);
  expect(started).toHaveLength(2);
  started[0]!.settle();
  await settled();
  await node.pass(10);
  expect(alice.of('receipt')).toEqual([]);
  started[1]!.settle();
  await settled();
  await node.pass(10);
  expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
});

test('rule 11.7: a service is given nothing before its origin is on disk', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  const methods = { name: method(z.unknown(), (_args, _state: undefined, ctx) => ctx.name) };
  node.core.services.start(onlyVersion(builtIn('service', defineService({ ...base, methods }))));
  alice.write((w) => w.call(1, 'echo', 'name', null));
  node.run();
  expect(alice.of('reply')).toEqual([]);
  await node.flush();
  expect(alice.of('reply')).toMatchObject([{ ok: true, result: 'echo' }]);
  expect(node.store.highestOrigin('$echo')).toBe(1);
});

describe('rule 11.5: after a crash what was in hand comes first and alone', () => {
  test('the messages behind it wait, in order', async () => {
    const { started, handleMessage, bodies } = gate();
    const node = new TestNode({ services: [defineService({ ...base, handleMessage })] });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, '$echo');
    await node.settle();
    expect(bodies()).toEqual(['m1']);
    started[0]!.fail();
    await settled();
    await node.settle();
    expect(bodies()).toEqual(['m1', 'm1']);
    for (let i = 1; i <= 3; i++) {
      started[i]!.settle();
      await settled();
      await node.settle();
    }
    expect(bodies()).toEqual(['m1', 'm1', 'm2', 'm3']);
    await balances(node);
    expect(node.core.ledger).toMatchObject({ delivered: 3, pending: 0 });
  });
});

describe('rule 11.6: a message that crashes its service maxAttempts times is undeliverable', () => {
  const picky = (handled: string[]) =>
    defineService({
      ...base,
      handleMessage(message) {
        handled.push(message.text());
        if (message.text() === 'bad') throw new Error('oops');
      },
    });

  test.each(['in memory', 'on disk'])('its sender is told, %s, and the next one is handled', async (where) => {
    const handled: string[] = [];
    const letters: string[] = [];
    const onDeadLetter: OnDeadLetter = (to, { from, cid, bytes, bodyStart, bodyEnd }, kept) => {
      letters.push(`${to} ${from} ${cid} ${Buffer.from(bytes.subarray(bodyStart, bodyEnd)).toString()}`);
      kept();
    };
    const node = new TestNode({ services: [picky(handled)], onDeadLetter });
    const alice = await node.login('alice');
    alice.send1(1, '$echo', 'bad');
    if (where === 'on disk') {
      await node.settle();
      await node.pass(5);
    }
    alice.send1(2, '$echo', 'good');
    await node.settle();
    for (let i = 0; i < 4; i++) await node.pass(500);
    expect(handled).toEqual(['bad', 'bad', 'bad', 'good']);
    expect(letters).toEqual(['$echo alice 1 bad']);
    expect(alice.of('receipt')).toMatchObject([
      { kind: 3, cid: 1, code: 'undeliverable' },
      { kind: 1, cid: 2 },
    ]);
    expect(alice.acceptedUpTo).toBe(2);
    ackAll(alice);
    await balances(node);
    expect(node.core.ledger).toMatchObject({ failed: 1, delivered: 1, pending: 0 });
  });

  test('nothing later is handled before its end is on disk', async () => {
    const handled: string[] = [];
    const node = new TestNode({ services: [picky(handled)], commitDelayMs: 10_000 });
    const alice = await node.login('alice');
    alice.send1(1, '$echo', 'bad');
    alice.send1(2, '$echo', 'good');
    node.run();
    for (let i = 0; i < 8; i++) {
      node.clock.advance(200);
      node.core.tick();
      node.run();
      await settled();
    }
    node.run();
    expect(handled).toEqual(['bad', 'bad', 'bad']);
    await node.settle();
    expect(handled).toEqual(['bad', 'bad', 'bad', 'good']);
    node.core.commits.close();
  });
});

test('the room of a message that failed is given to the next one', async () => {
  const poisonous = defineService({
    ...base,
    handleMessage() {
      throw new Error('oops');
    },
  });
  const node = new TestNode({ services: [poisonous], serviceLimits: { window: 1, callerWindow: 1 } });
  const alice = await node.login('alice');
  for (let cid = 1; cid <= 3; cid++) alice.send1(cid, '$echo');
  await node.settle();
  for (let i = 0; i < 60; i++) await node.pass(1_000);
  expect(alice.of('receipt').map(({ kind, cid }) => [kind, cid])).toEqual([
    [3, 1],
    [3, 2],
    [3, 3],
  ]);
});

describe('rule 11.4: lanes of callers are independent', () => {
  const perCaller = (handleMessage: (message: ServiceMessage) => Promise<void>) =>
    defineService({ ...base, state: 'caller', handleMessage });

  test('a slow caller does not hold the others, whose messages are delivered out of turn', async () => {
    const { started, handleMessage, bodies } = gate();
    const node = new TestNode({ services: [perCaller(handleMessage)] });
    const [alice, bob] = [await node.login('alice'), await node.login('bob')];
    alice.send1(1, '$echo', 'a1');
    await node.settle();
    bob.send1(1, '$echo', 'b1');
    alice.send1(2, '$echo', 'a2');
    await node.settle();
    await node.pass(10);
    expect(bodies()).toEqual(['a1', 'b1']);
    started[1]!.settle();
    await settled();
    await node.settle();
    expect(bob.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
    expect(alice.of('receipt')).toEqual([]);
    const after = await crashedAfterErasure(node, perCaller(handleMessage));
    expect(bodies().slice(2)).toEqual(['a1']);
    started[2]!.settle();
    await settled();
    await after.settle();
    expect(bodies().slice(2)).toEqual(['a1', 'a2']);
    started[3]!.settle();
    await settled();
    await balances(after);
    expect(after.core.ledger.pending).toBe(0);
  });

  async function crashedAfterErasure(node: TestNode, service: ReturnType<typeof perCaller>): Promise<TestNode> {
    await node.pass(500);
    const after = node.crash({ services: [service] });
    await after.settle();
    return after;
  }

  test('the state that was idle longest ends when there are too many', async () => {
    const ended: string[] = [];
    const started: string[] = [];
    const service = defineService({
      ...base,
      state: 'caller',
      callers: 2,
      init: (ctx) => void started.push(ctx.caller),
      handleMessage: () => undefined,
      terminate: (reason, _state, ctx) => void ended.push(`${ctx.caller} ${reason}`),
    });
    const node = new TestNode({ services: [service] });
    for (const [i, user] of ['alice', 'bob', 'alice', 'carol', 'bob'].entries()) {
      const client = await node.login(user);
      client.send1(i + 1, '$echo');
      await node.settle();
    }
    expect(started).toEqual(['alice', 'bob', 'carol', 'bob']);
    expect(ended).toEqual(['bob shutdown', 'alice shutdown']);
  });
});

describe('what holds for every mailbox', () => {
  test('a full mailbox of a service rejects, and an expired message is not handled', async () => {
    const { started, handleMessage, bodies } = gate();
    const node = new TestNode({
      services: [defineService({ ...base, handleMessage })],
      limits: { mailboxMessages: 3 },
      serviceLimits: { window: 1, callerWindow: 1 },
    });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    alice.send1(2, '$echo', 'short', { ttl: 1 });
    alice.send1(3, '$echo');
    alice.send1(4, '$echo');
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 4, code: 'mailbox_full' }]);
    await node.pass(1_500);
    started[0]!.settle();
    await settled();
    await node.settle();
    await node.pass(10);
    expect(bodies()).toEqual(['m1', 'm3']);
    expect(alice.of('receipt')).toContainEqual(expect.objectContaining({ kind: 3, cid: 2, code: 'expired' }));
  });

  test('a purge leaves what is in hand', async () => {
    const { started, handleMessage, bodies } = gate();
    const node = new TestNode({
      services: [defineService({ ...base, handleMessage })],
      serviceLimits: { window: 1, callerWindow: 1 },
    });
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, '$echo');
    await node.settle();
    const purged = node.core.purge('$echo', () => true);
    await node.settle();
    expect(await purged).toBe(2);
    started[0]!.settle();
    await settled();
    await balances(node);
    expect(bodies()).toEqual(['m1']);
    expect(node.core.ledger).toMatchObject({ delivered: 1, failed: 2, pending: 0 });
  });
});

describe('the end of a service', () => {
  test('lets the entry in hand end; what waits stays, for the next start under a new origin', async () => {
    const { started, handleMessage, bodies } = gate();
    const ended: string[] = [];
    const service = defineService({ ...base, handleMessage, terminate: (reason) => void ended.push(reason) });
    const node = new TestNode({ services: [service] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    alice.send1(2, '$echo');
    await node.settle();
    await node.pass(10);
    node.core.services.stop('echo');
    await node.settle();
    expect(ended).toEqual([]);
    started[0]!.settle();
    await settled();
    await node.settle();
    expect(ended).toEqual(['shutdown']);
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
    node.core.services.start(onlyVersion(builtIn('service', service)));
    await node.settle();
    expect(bodies()).toEqual(['m1', 'm2']);
    expect(node.store.highestOrigin('$echo')).toBe(2);
    started[1]!.settle();
    await settled();
    await balances(node);
    expect(node.core.ledger.pending).toBe(0);
  });

  test('leaves a resend that is not found undeliverable, never rejected', async () => {
    const before = new TestNode({ services: [echo] });
    const alice = await before.login('alice');
    alice.send1(1, '$echo');
    before.run(); // handed over, and nothing of it on disk
    const node = before.crash();
    const again = await node.login('alice');
    again.write((w) => w.send(1, '$echo', Buffer.from('m1'), { again: true }));
    again.send1(2, '$echo');
    await node.settle();
    expect(again.of('receipt')).toMatchObject([{ kind: 3, cid: 1, code: 'undeliverable' }]);
    expect(again.of('rejected')).toMatchObject([{ cid: 2, code: 'unknown_recipient' }]);
    await balances(node);
  });

  test('is refused at the start when init throws', async () => {
    const node = new TestNode();
    const broken = defineService({
      ...base,
      init: () => {
        throw new Error('no database');
      },
    });
    expect(() => node.core.services.start(onlyVersion(builtIn('service', broken)))).toThrow('no database');
    for (let i = 0; i < 5; i++) await node.pass(1_000);
    expect(node.core.services.has('$echo')).toBe(false);
    expect(node.core.mailboxesInMemory).toBe(0);
    node.core.services.start(onlyVersion(builtIn('service', echo)));
    await node.settle();
    expect(node.core.services.has('$echo')).toBe(true);
  });
});

test("callers whose actor is slow do not hold back the others, with more than a connection's window of entries", async () => {
  const service = defineService({
    ...{ name: 'svc', version: '1.0.0', state: 'caller', init: () => null },
    handleMessage: (message, _state, ctx) => {
      if (message.from === 'slow') return new Promise<void>(() => undefined);
      ctx.reply(message, 'done');
    },
  });
  const node = new TestNode({ services: [service] });
  const slow = await node.login('slow');
  const quick = await node.login('quick');
  for (let cid = 1; cid <= 600; cid++) {
    slow.send1(cid, '$svc');
    if (cid % 100 === 0) await node.pass(10);
  }
  quick.send1(1, '$svc');
  await node.pass(10);
  expect(quick.bodies).toEqual(['done']);
});
