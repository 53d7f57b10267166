import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StateError, memoryState } from '../../src/index.js';
import { Bench, inState, nextEvent, rejection, turns } from '../bench.js';
import { ScriptedPeer } from '../scripted-peer.js';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.close());

describe('after a lost connection', () => {
  test('the client waits with exponential back-off and full jitter', async () => {
    const client = bench.connect({ random: () => 0.999999 });
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      (await bench.peer.accept()).socket.terminate();
      const { retryInMs } = await inState(client, 'waiting');
      waits.push(retryInMs);
      bench.clock.advance(retryInMs);
    }
    expect(waits).toEqual([249, 499, 999, 1999, 3999, 7999, 15999, 29999, 29999]);
  });

  test('a connection that was open for a while starts the series anew, a short one does not', async () => {
    const client = bench.connect();
    const waits: number[] = [];
    for (const openMs of [10, 10, 10, 5000]) {
      const connection = await bench.peer.open();
      await inState(client, 'open');
      bench.clock.advance(openMs);
      connection.socket.terminate();
      const { retryInMs } = await inState(client, 'waiting');
      waits.push(retryInMs);
      bench.clock.advance(retryInMs);
    }
    expect(waits).toEqual([125, 250, 500, 125]);
  });

  test('unanswered SENDs and READs are resent in order, with old cids and again, before anything new', async () => {
    const client = bench.connect();
    const first = await bench.peer.open();
    const all = [client.send('bob', 'a'), client.send('carol', 'b'), client.send('bob', 'c')];
    await first.take('SEND', 3);
    first.say((writer) => {
      writer.accepted(1, 1);
      writer.deliver(1, 'bob', 3, 44, 1, new Uint8Array(1), 0, 1);
    });
    const messages = client.messages();
    const message = (await messages.next()).value;
    const read = client.markRead(message);
    await first.next('READ');
    first.socket.terminate();
    await inState(client, 'waiting');
    const later = client.send('bob', 'd');
    bench.clock.advance(125);
    const second = await bench.peer.open({ lastCid: 2 });
    const frames = [await second.next(), await second.next(), await second.next(), await second.next()];
    expect(frames).toMatchObject([
      { op: 'SEND', cid: 2, body: 'b', again: true },
      { op: 'SEND', cid: 3, body: 'c', again: true },
      { op: 'READ', cid: 4, to: 'bob', origin: 3, upTo: 44, again: true },
      { op: 'SEND', cid: 5, body: 'd', again: false },
    ]);
    second.say((writer) => writer.accepted(5, 2));
    await Promise.all([...all, later, read]);
  });

  test('what had not left is sent without again', async () => {
    const client = bench.connect();
    const first = await bench.peer.open({ limits: { sendWindow: 1 } });
    void client.send('bob', 'a');
    void client.send('bob', 'b');
    await first.next('SEND');
    first.socket.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(125);
    const second = await bench.peer.open();
    expect(await second.take('SEND', 2)).toMatchObject([
      { cid: 1, again: true },
      { cid: 2, again: false },
    ]);
  });

  test('the resend obeys limits.sendWindow', async () => {
    const client = bench.connect();
    const first = await bench.peer.open();
    for (let i = 0; i < 5; i++) void client.send('bob', `${i}`);
    await first.take('SEND', 5);
    first.socket.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(125);
    const second = await bench.peer.open({ limits: { sendWindow: 2 } });
    await second.take('SEND', 2);
    await turns();
    expect(second.heard).toHaveLength(3);
    second.say((writer) => writer.accepted(2, 1));
    expect(await second.take('SEND', 2)).toMatchObject([
      { cid: 3, again: true },
      { cid: 4, again: true },
    ]);
  });

  test('an ACCEPTED that covers what has not left on this connection answers only what has', async () => {
    const client = bench.connect();
    const first = await bench.peer.open({ limits: { sendWindow: 1 } });
    void client.send('bob', 'a');
    const second = client.send('bob', 'b');
    let settled = false;
    second.then(() => (settled = true)).catch(() => undefined);
    await first.next('SEND');
    first.say((writer) => writer.accepted(1000, 1));
    expect(await first.next('SEND')).toMatchObject({ cid: 2 });
    await turns();
    expect(settled).toBe(false);
  });

  test('GOODBYE says how long to wait, and where to go for the next attempt', async () => {
    const other = await ScriptedPeer.listen();
    try {
      const client = bench.connect();
      const connection = await bench.peer.open();
      await client.ready();
      connection.say((writer) => writer.goodbye('deploy', 1234, `${other.url}/v1/socket`));
      connection.socket.close(4006, 'going_away');
      expect(await inState(client, 'waiting')).toMatchObject({ retryInMs: 1234, code: 4006 });
      bench.clock.advance(1234);
      (await other.open()).socket.terminate();
      const { retryInMs } = await inState(client, 'waiting');
      bench.clock.advance(retryInMs);
      await bench.peer.open();
      await inState(client, 'open');
    } finally {
      await other.close();
    }
  });

  test('after GOODBYE nothing new is sent, answers still count, and the client leaves by itself after 5 s', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const before = client.send('bob', 'before');
    await connection.next('SEND');
    connection.say((writer) => {
      writer.goodbye('deploy', 50);
      writer.deliver(1, 'bob', 3, 1, 1, new Uint8Array(1), 0, 1);
    });
    const messages = client.messages();
    await messages.next();
    void client.send('bob', 'after');
    const next = messages.next();
    expect(await connection.next()).toMatchObject({ op: 'ACK', seq: 1 });
    connection.say((writer) => writer.accepted(1, 3));
    expect(await before).toEqual({ cid: 1, ts: 3 });
    await bench.clock.waiting(5000);
    bench.clock.advance(5000);
    await connection.ended();
    bench.clock.advance(50);
    expect(await (await bench.peer.open()).next()).toMatchObject({ body: 'after', again: false });
    await client.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('GOODBYE does not lead to a place that is no WebSocket address', async () => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    await client.ready();
    const error = nextEvent(client, 'error');
    connection.say((writer) => writer.goodbye('deploy', 10, 'http://127.0.0.1:1/'));
    expect(await error).toMatchObject({ code: 'invalid_argument' });
    connection.socket.close(4006);
    await inState(client, 'waiting');
    bench.clock.advance(10);
    await bench.peer.open();
    await inState(client, 'open');
  });

  test.each([
    [4000, 'bad_frame'],
    [4001, 'unauthorized'],
    [4003, 'replaced'],
  ])('the client does not reconnect after %i', async (code, reason) => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    const sent = client.send('bob', 'x');
    await connection.next('SEND');
    connection.socket.close(code, 'why');
    expect(await inState(client, 'closed')).toMatchObject({ reason });
    expect(await rejection(sent)).toMatchObject({ code: 'closed', reason });
    expect(bench.clock.waits()).toEqual([]);
  });

  test.each([1000, 1001, 1003, 1009, 1011, 4002, 4005, 4006, 4008])('the client reconnects after %i', async (code) => {
    const client = bench.connect();
    const connection = await bench.peer.open();
    await client.ready();
    connection.socket.close(code);
    expect(await inState(client, 'waiting')).toMatchObject({ code, retryInMs: 125 });
    bench.clock.advance(125);
    await bench.peer.open();
    await inState(client, 'open');
  });

  test('the reason of a close is what ERROR said before it', async () => {
    const client = bench.connect();
    const connection = await bench.peer.accept();
    const heard = nextEvent(client, 'routerError');
    connection.say((writer) => writer.error('unauthorized', 'the token is too old'));
    connection.socket.close(4001);
    expect(await heard).toEqual({ code: 'unauthorized', detail: 'the token is too old' });
    const state = await inState(client, 'closed');
    expect(state.error?.message).toContain('the token is too old');
  });
});

describe('an attempt to connect', () => {
  test('ends after connectTimeoutMs without WELCOME', async () => {
    const client = bench.connect({ connectTimeoutMs: 321 });
    const connection = await bench.peer.accept();
    await connection.next('HELLO');
    bench.clock.advance(321);
    expect(await inState(client, 'waiting')).toMatchObject({ reason: 'no WELCOME in time' });
    await connection.ended();
  });

  test('asks for a token each time where the token is a function', async () => {
    let count = 0;
    const client = bench.connect({ token: async () => `alice-${++count}` });
    expect(await (await bench.peer.accept()).welcome({ user: 'alice' })).toMatchObject({ token: 'alice-1' });
    await client.ready();
    for (const connection of bench.peer.server.clients) connection.terminate();
    await inState(client, 'waiting');
    bench.clock.advance(125);
    expect(await (await bench.peer.accept()).welcome({ user: 'alice' })).toMatchObject({ token: 'alice-2' });
  });

  test('is tried again later where no token can be had', async () => {
    let fail = true;
    const client = bench.connect({
      token: () => (fail ? Promise.reject(new Error('offline')) : Promise.resolve('alice')),
    });
    expect(await nextEvent(client, 'error')).toMatchObject({ message: 'offline' });
    await inState(client, 'waiting');
    fail = false;
    bench.clock.advance(125);
    await bench.peer.open();
    await client.ready();
  });

  test('that was refused with Retry-After is not repeated before', async () => {
    const full = createServer((_request, response) => response.writeHead(503, { 'retry-after': '7' }).end());
    await new Promise<void>((resolve) => full.listen(0, '127.0.0.1', resolve));
    full.on('upgrade', (_request, socket) =>
      socket.end('HTTP/1.1 503 Full\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n'),
    );
    try {
      const client = bench.connect({ url: `ws://127.0.0.1:${(full.address() as AddressInfo).port}` });
      expect(await inState(client, 'waiting')).toMatchObject({ retryInMs: 7125 });
    } finally {
      full.close();
    }
  });

  test('is made again where nobody listens', async () => {
    const { url } = bench.peer;
    await bench.peer.close();
    const client = bench.connect({ url });
    await inState(client, 'waiting');
    const back = await ScriptedPeer.listen(Number(new URL(url).port));
    try {
      bench.clock.advance(125);
      await back.open();
      await client.ready();
      await client.close();
    } finally {
      await back.close();
    }
    bench = await Bench.make();
  });
});

test('a connection on which answers are due and nothing is heard for answerTimeoutMs is given up', async () => {
  const client = bench.connect({ answerTimeoutMs: 4000 });
  const first = await bench.peer.open();
  await client.ready();
  bench.clock.advance(1);
  void client.send('bob', 'x');
  await first.next('SEND');
  await bench.clock.waiting(4000);
  bench.clock.advance(4000);
  expect(await inState(client, 'waiting')).toMatchObject({ reason: 'no answer for 4000 ms' });
  bench.clock.advance(250);
  expect(await (await bench.peer.open()).next('SEND')).toMatchObject({ cid: 1, again: true });
});

test('a router that breaks the protocol is left, and the event error says how', async () => {
  const client = bench.connect();
  const connection = await bench.peer.open();
  await client.ready();
  const error = nextEvent(client, 'error');
  connection.say((writer) => writer.deliver(2, 'bob', 1, 1, 1, new Uint8Array(1), 0, 1));
  expect(await error).toMatchObject({ code: 'bad_frame' });
  await connection.ended();
  expect(client.state.name).toBe('waiting');
});

describe('a client that is made anew with the same state', () => {
  test('resends what found no answer and goes on with numbers never used', async () => {
    const state = memoryState();
    const client = bench.connect({ state, cidBlock: 10 });
    const first = await bench.peer.open({ limits: { sendWindow: 2 } });
    const hello = first.heard[0];
    for (const text of ['a', 'b', 'c']) void client.send('bob', text, { ttl: 9 });
    await first.take('SEND', 2);
    first.say((writer) => writer.accepted(1, 1));
    await first.take('SEND', 1);
    await turns();
    await client.close();

    const next = bench.connect({ state, cidBlock: 10 });
    const restored = nextEvent(next, 'restored');
    expect((await restored).map(({ cid }) => cid)).toEqual([2, 3]);
    const second = await bench.peer.accept();
    expect((await second.welcome({ limits: { sendWindow: 2 } })).client).toBe(hello?.client);
    expect(await second.take('SEND', 2)).toMatchObject([
      { cid: 2, body: 'b', again: true, ttl: 9 },
      { cid: 3, body: 'c', again: true, ttl: 9 },
    ]);
    second.say((writer) => writer.accepted(3, 8));
    expect(await (await restored)[0]?.sent).toEqual({ cid: 2, ts: 8 });
    void next.send('bob', 'new');
    expect(await second.next('SEND')).toMatchObject({ cid: 11, body: 'new', again: false });
  });

  test('sends without again what was beyond the window and cannot have left', async () => {
    const state = memoryState();
    const client = bench.connect({ state });
    const first = await bench.peer.open({ limits: { sendWindow: 2 } });
    for (const text of ['a', 'b', 'c', 'd']) void client.send('bob', text);
    await first.take('SEND', 2);
    await client.close();
    bench.connect({ state });
    const second = await bench.peer.open();
    expect((await second.take('SEND', 4)).map(({ again }) => again)).toEqual([true, true, false, false]);
  });

  test('that is an old copy has the old name answer what it resends, and then takes a new name', async () => {
    const state = memoryState();
    const client = bench.connect({ state });
    const first = await bench.peer.open();
    void client.send('bob', 'a');
    await first.next('SEND');
    await turns();
    await client.close();
    const copy = bench.connect({ state });
    const second = await bench.peer.open({ lastCid: 5000 });
    void copy.send('bob', 'new');
    expect(await second.next()).toMatchObject({ op: 'SEND', cid: 1, body: 'a', again: true });
    await turns();
    expect(second.heard).toHaveLength(2);
    second.say((writer) => writer.accepted(1, 1));
    await inState(copy, 'waiting');
    bench.clock.advance(125);
    const third = await bench.peer.open();
    expect(third.heard[0]?.client).not.toBe(second.heard[0]?.client);
    expect(await third.next('SEND')).toMatchObject({ body: 'new', again: false });
  });

  test('sends what the earlier one was asked to send just before it was closed', async () => {
    const state = memoryState();
    const client = bench.connect({ state, cidBlock: 2 });
    await bench.peer.open();
    await client.ready();
    for (const text of ['a', 'b', 'c']) void client.send('bob', text);
    await client.close();
    bench.connect({ state });
    const connection = await bench.peer.open();
    expect(await connection.take('SEND', 3)).toMatchObject([{ body: 'a' }, { body: 'b' }, { body: 'c' }]);
  });

  test('may not be another user', async () => {
    const state = memoryState();
    const client = bench.connect({ state });
    await bench.peer.open();
    await client.ready();
    await turns();
    await client.close();
    const other = bench.connect({ state, token: 'bob' });
    await bench.peer.open();
    expect((await inState(other, 'closed')).error).toMatchObject({ code: 'state_mismatch' });
  });

  test('writes nothing into the state of another user than the option `user`', async () => {
    const state = memoryState();
    const client = bench.connect({ state });
    await bench.peer.open();
    await client.ready();
    void client.send('bob', 'of alice');
    await turns();
    await client.close();
    const other = bench.connect({ state, token: 'bob', user: 'bob' });
    const closed = inState(other, 'closed');
    void other.send('carol', 'of bob');
    expect((await closed).error).toMatchObject({ code: 'state_mismatch' });
    await other.close();

    bench.connect({ state });
    const connection = await bench.peer.open();
    expect(await connection.take('SEND', 1)).toMatchObject([{ cid: 1, to: 'bob', body: 'of alice', again: true }]);
  });
});

test('two clients may not use one state at once, and the first is not disturbed', async () => {
  const state = memoryState();
  const client = bench.connect({ state });
  const connection = await bench.peer.open();
  await client.ready();
  const second = bench.connect({ state });
  const { error } = await inState(second, 'closed');
  expect(error).toBeInstanceOf(StateError);
  expect(error).toMatchObject({ code: 'state_in_use' });
  expect((await inState(bench.connect({ state }), 'closed')).error).toMatchObject({ code: 'state_in_use' });
  void client.send('bob', 'x');
  await connection.next('SEND');
});
