import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ArgumentError, CallError } from '../../src/index.js';
import type { Client } from '../../src/index.js';
import { Bench, bytes, inState, nextEvent, rejection } from '../bench.js';
import type { PeerConnection } from '../scripted-peer.js';

let bench: Bench;
let client: Client;
let connection: PeerConnection;
beforeEach(async () => {
  bench = await Bench.make();
  client = bench.connect();
  connection = await bench.peer.open();
  await client.ready();
});
afterEach(() => bench.close());

async function reconnect(): Promise<PeerConnection> {
  connection.socket.terminate();
  await inState(client, 'waiting');
  bench.clock.advance(125);
  return bench.peer.open();
}

describe('signal', () => {
  test('goes to a peer, and comes as an event', async () => {
    expect(client.signal('bob', 'typing')).toBe(true);
    expect(await connection.next('SIGNAL')).toMatchObject({ to: 'bob', body: 'typing' });
    const heard = new Promise((resolve) => client.onSignal(resolve));
    connection.say((writer) => writer.signal('bob', bytes('typing too')));
    expect(await heard).toEqual({ from: 'bob', body: bytes('typing too') });
  });

  test('is not kept for later where there is no connection', async () => {
    connection.socket.terminate();
    await inState(client, 'waiting');
    expect(client.signal('bob', 'typing')).toBe(false);
  });

  test('of more than 4,096 bytes, or to an ill-formed name, throws', () => {
    expect(() => client.signal('bob', new Uint8Array(4097))).toThrow(ArgumentError);
    expect(() => client.signal('', 'x')).toThrow(ArgumentError);
  });
});

describe('watch', () => {
  test('is said once, its presence comes as an event, and it is said anew after a reconnect', async () => {
    client.watch(['bob', 'carol']);
    client.watch(['bob']);
    client.unwatch(['carol']);
    expect(await connection.next('WATCH')).toMatchObject({ users: ['bob', 'carol'], on: true });
    expect(await connection.next('WATCH')).toMatchObject({ users: ['carol'], on: false });
    const heard = nextEvent(client, 'presence');
    connection.say((writer) => writer.presence('bob', true, 12));
    expect(await heard).toEqual({ user: 'bob', online: true, ts: 12 });
    expect(await (await reconnect()).next('WATCH')).toMatchObject({ users: ['bob'], on: true });
  });

  test('of an ill-formed name throws, and nothing is watched', () => {
    expect(() => client.watch(['bob', '#group'])).toThrow(ArgumentError);
  });
});

describe('call', () => {
  test('settles with the result of REPLY, each with its own', async () => {
    const first = client.call('$time', 'now', null);
    const second = client.call('time', 'then', { in: -1.5 });
    const [a, b] = await connection.take('CALL', 2);
    expect([a, b]).toMatchObject([
      { service: 'time', method: 'now' },
      { service: 'time', method: 'then' },
    ]);
    connection.say((writer) => {
      writer.reply(b?.rid ?? 0, true, { at: 2.5 });
      writer.reply(a?.rid ?? 0, true, [1]);
    });
    expect(await first).toEqual([1]);
    expect(await second).toEqual({ at: 2.5 });
  });

  test('rejects with the code and detail of a REPLY that is not ok', async () => {
    const call = client.call('nobody', 'x', null);
    const { rid } = await connection.next('CALL');
    connection.say((writer) => writer.reply(rid ?? 0, false, { code: 'unknown_service', detail: 'nobody' }));
    const error = await rejection(call);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code: 'unknown_service', detail: 'nobody', retryable: false });
  });

  test('that had left when the connection ended rejects with connection_lost and is not sent again', async () => {
    const call = client.call('time', 'now', null);
    await connection.next('CALL');
    const again = reconnect();
    expect(await rejection(call)).toMatchObject({ code: 'connection_lost' });
    const second = await again;
    void client.send('bob', 'x');
    expect((await second.next()).op).toBe('SEND');
  });

  test('that had not left waits for the next connection', async () => {
    connection.socket.terminate();
    await inState(client, 'waiting');
    const call = client.call('time', 'now', null);
    bench.clock.advance(125);
    const second = await bench.peer.open();
    const { rid } = await second.next('CALL');
    second.say((writer) => writer.reply(rid ?? 0, true, 'noon'));
    expect(await call).toBe('noon');
  });

  test('ends after timeoutMs', async () => {
    const call = client.call('time', 'now', null, { timeoutMs: 55 });
    await connection.next('CALL');
    bench.clock.advance(55);
    expect(await rejection(call)).toMatchObject({ code: 'call_timeout' });
  });

  test('with arguments that the protocol has no form for rejects with ArgumentError', async () => {
    expect(await rejection(client.call('time', 'now', () => 1))).toBeInstanceOf(ArgumentError);
  });
});
