import { defineService } from '@mailbeam/handler';
import type { ServiceContext, ServiceMessage } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import { FixedUnit, interceptorVersion } from '../interceptors/fixed-unit.js';
import { trace } from './recorded-spans.js';

const base = { name: 'echo', version: '2.1.0', init: () => undefined };

describe('the trace of a message', () => {
  test('between two people who are online: to the ack, without the disk', async () => {
    const node = new TestNode();
    const [alice, bob] = [await node.login('alice'), await node.login('bob')];
    const { lines, root, traces } = trace(node);
    alice.send1(1, 'bob', 'hello');
    node.run();
    node.clock.advance(2);
    bob.ack(1);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(1);
    expect(lines()).toEqual(['send 0-2', '  queue 0-0', '  deliver 0-2', '  receipt 2-2']);
    expect(root().side).toBe('server');
    expect(root().attributes).toEqual({
      'messaging.system.name': 'mailbeam',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'BOB',
      'messaging.message.id': 'ALICE/1/1',
      'messaging.message.body.size': 5,
      'mailbeam.sender': 'ALICE',
      'mailbeam.behaviour': 'session',
      'mailbeam.version': alice.port.sessionVersion!.version,
    });
    expect(root().part('queue').attributes).toEqual({
      'mailbeam.mailbox.class': 'session',
      'mailbeam.mailbox.depth': 0,
    });
    expect(root().part('deliver').attributes).toEqual({ 'mailbeam.recipient': 'BOB' });
    expect(traces.figures).toMatchObject({ sampled: 1, limited: 0, open: 0 });
  });

  test('to somebody who is away: it goes on when it is read back from the store', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    await node.settle();
    const { lines, root, traces } = trace(node);
    alice.send1(2, 'bob');
    await node.settle();
    expect(lines()).toEqual(['send 0-0', '  queue 0-...', '  commit 0-0']);
    expect(root().part('queue').attributes).toEqual({ 'mailbeam.mailbox.class': 'away', 'mailbeam.mailbox.depth': 1 });
    expect(node.core.mailbox('bob')).toBeUndefined();
    await node.pass(60_000);
    const bob = await node.login('bob');
    await node.pass(10);
    bob.ack(2);
    await node.settle();
    expect(lines()).toEqual([
      'send 0-0',
      '  queue 0-60000',
      '  commit 0-0',
      '  deliver 60000-60010',
      '  receipt 60010-60010',
    ]);
    expect(traces.figures.open).toBe(0);
  });

  test('a receipt waits for a sender who has gone', async () => {
    const node = new TestNode();
    const [alice, bob] = [await node.login('alice'), await node.login('bob')];
    const { lines, traces } = trace(node);
    alice.send1(1, 'bob');
    await node.settle();
    alice.cut();
    bob.ack(1);
    await node.settle();
    expect(lines().at(-1)).toBe('  receipt 0-...');
    await node.pass(1_000);
    await node.login('alice');
    expect(lines().at(-1)).toBe('  receipt 0-1000');
    expect(traces.figures.open).toBe(0);
  });

  test('one receipt for several messages ends the traces of all', async () => {
    const node = new TestNode();
    const [alice, bob] = [await node.login('alice'), await node.login('bob')];
    const { traces } = trace(node);
    for (let cid = 1; cid <= 5; cid++) alice.send1(cid, 'bob');
    node.run();
    bob.ack(5);
    await node.settle();
    expect(traces.figures).toMatchObject({ sampled: 5, open: 0 });
  });

  test('a connection that breaks ends the delivery, and the message waits again', async () => {
    const node = new TestNode();
    const [alice, bob] = [await node.login('alice'), await node.login('bob')];
    const { lines, traces } = trace(node);
    alice.send1(1, 'bob');
    await node.settle();
    node.clock.advance(5);
    bob.cut();
    await node.settle();
    node.clock.advance(5);
    const again = await node.login('bob');
    again.ack(1);
    await node.settle();
    expect(lines()).toEqual([
      'send 0-5',
      '  queue 0-0',
      '  deliver 0-5 !disconnected',
      '  queue 5-10',
      '  commit 5-5',
      '  deliver 10-10',
      '  receipt 10-10',
    ]);
    expect(traces.figures.open).toBe(0);
  });

  test('a rejection ends it, with its code', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 1 } });
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    await node.settle();
    const { lines, root, traces } = trace(node);
    alice.send1(2, 'bob');
    await node.settle();
    alice.send1(3, '$nobody');
    await node.settle();
    expect(lines()).toEqual(['send 0-0 !mailbox_full', 'send 0-0 !unknown_recipient']);
    expect(root().attributes).toMatchObject({ 'mailbeam.code': 'mailbox_full' });
    expect(traces.figures.open).toBe(0);
  });

  test('the end of a ttl ends it, and the receipt says so', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const { lines, traces } = trace(node);
    alice.send1(1, 'bob', 'x', { ttl: 1 });
    await node.settle();
    await node.pass(2_000);
    await node.pass(10);
    expect(alice.of('receipt')).toMatchObject([{ kind: 3, code: 'expired' }]);
    expect(lines()).toEqual(['send 0-0', '  queue 0-2000 !expired', '  commit 0-0', '  receipt 2000-2010']);
    expect(traces.figures.open).toBe(0);
  });

  test('so does a purge, on disk and in memory', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const { spans, traces } = trace(node);
    alice.send1(1, 'bob');
    await node.settle();
    alice.send1(2, 'bob');
    node.run();
    const purge = node.core.purge('bob', () => true);
    await node.settle();
    expect(await purge).toBe(2);
    await node.pass(500);
    expect(spans.roots.map((root) => root.part('queue').error)).toEqual(['purged', 'purged']);
    expect(traces.figures.open).toBe(0);
  });

  test('to a service: who handles it, and what that sends on', async () => {
    const handleMessage = (message: ServiceMessage, _state: undefined, ctx: ServiceContext): void =>
      void ctx.reply(message, message.body);
    const node = new TestNode({ services: [defineService({ ...base, handleMessage })] });
    await node.settle();
    const alice = await node.login('alice');
    const { lines, root, traces } = trace(node);
    alice.send1(1, '$echo', 'x');
    node.run();
    node.clock.advance(3);
    await node.settle();
    alice.ack(1);
    await node.settle();
    alice.ack(2);
    await node.pass(500);
    expect(lines()).toEqual([
      'send 0-3',
      '  queue 0-0',
      '  deliver 0-3',
      '    handle 0-0',
      '      send 0-3',
      '        queue 0-0',
      '        deliver 0-3',
      '        commit 0-3',
      '        receipt 3-3',
      '  receipt 3-3',
    ]);
    const handle = root().part('deliver').part('handle');
    expect(handle).toMatchObject({
      side: 'consumer',
      attributes: { 'mailbeam.behaviour': 'echo', 'mailbeam.version': '2.1.0' },
    });
    expect(root().part('queue').attributes).toMatchObject({ 'mailbeam.mailbox.class': 'service' });
    expect(handle.part('send').attributes).toMatchObject({
      'mailbeam.sender': '$echo',
      'messaging.destination.name': 'ALICE',
    });
    expect(traces.figures).toMatchObject({ sampled: 1, open: 0 });
  });

  test('each crash of a handler is a span, and a message that is given up ends so', async () => {
    const handleMessage = (): void => {
      throw new Error('secret words');
    };
    const node = new TestNode({ services: [defineService({ ...base, handleMessage })], limits: { maxAttempts: 2 } });
    await node.settle();
    const alice = await node.login('alice');
    const { root, lines, traces } = trace(node);
    alice.send1(1, '$echo', 'x');
    for (let i = 0; i < 10; i++) await node.pass(1_000);
    expect(root().part('deliver')).toMatchObject({ error: 'undeliverable' });
    expect(
      root()
        .part('deliver')
        .parts.map(({ name, error }) => `${name} ${error}`),
    ).toEqual(['handle crashed', 'handle crashed']);
    expect(lines().join()).not.toContain('secret');
    expect(traces.figures.open).toBe(0);
  });

  test('what interceptors take', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    let decide: (verdict: undefined) => void = () => undefined;
    const intercept = (): Promise<undefined> => new Promise((resolve) => (decide = resolve));
    node.core.interceptors.start(new FixedUnit(interceptorVersion({ name: 'slow', init: () => undefined, intercept })));
    const { lines, traces } = trace(node);
    alice.send1(1, 'bob');
    await node.settle();
    node.clock.advance(7);
    decide(undefined);
    await settled();
    await node.settle();
    expect(lines()).toEqual(['send 0-7', '  interceptors 0-7', '  queue 7-...', '  commit 7-7']);
    await traces.close();
  });

  test('a sender who goes before the answer is told in it', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const { lines, root } = trace(node);
    alice.send1(1, 'bob');
    node.run();
    alice.cut();
    await node.settle();
    expect(root().error).toBe('disconnected');
    expect(lines()).toHaveLength(3);
  });

  test('a resend that was taken before has no mailbox in it', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    await node.settle();
    alice.cut();
    const again = await node.login('alice');
    const { lines, root, traces } = trace(node);
    again.send1(1, 'bob', 'm1', { again: true });
    await node.settle();
    expect(lines()).toEqual(['send 0-0']);
    expect(root().attributes).toMatchObject({ 'mailbeam.again': true });
    expect(traces.figures.open).toBe(0);
  });
});

describe('traces', () => {
  test('do not grow: past the limit the oldest is let go, and what of it is open ends', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const { spans, traces } = trace(node, { most: 3 });
    for (let cid = 1; cid <= 10; cid++) {
      alice.send1(cid, 'bob');
      await node.settle();
    }
    expect(traces.figures).toMatchObject({ sampled: 10, open: 3 });
    expect(spans.roots.filter((root) => root.part('queue').attributes['mailbeam.let_go'] === true)).toHaveLength(7);
    const bob = await node.login('bob');
    bob.ack(10);
    await node.pass(500);
    expect(traces.figures.open).toBe(0);
  });

  test('of services that write to each other without end have an end', async () => {
    const handleMessage = (_message: ServiceMessage, _state: undefined, ctx: ServiceContext): void => {
      ctx.send('$echo', 'again');
      ctx.send('bob', 'news');
    };
    const node = new TestNode({ services: [defineService({ ...base, handleMessage })] });
    await node.settle();
    const alice = await node.login('alice');
    const { lines } = trace(node);
    alice.send1(1, '$echo', 'x');
    for (let i = 0; i < 60; i++) await node.flush();
    expect(lines()).toHaveLength(129);
    node.core.services.stop('echo');
  });

  test('end with the node: every open span does', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const { lines, spans, traces } = trace(node);
    alice.send1(1, 'bob');
    node.run();
    await traces.close();
    expect(lines().filter((line) => line.endsWith('...'))).toEqual([]);
    expect(spans.isClosed).toBe(true);
  });

  test('are of the share that was asked for', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const { traces } = trace(node, { share: 0 });
    alice.send1(1, 'bob');
    await node.settle();
    expect(traces.figures).toMatchObject({ sampled: 0, open: 0 });
  });
});
