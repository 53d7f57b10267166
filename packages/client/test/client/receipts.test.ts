import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ReceiptKind } from '@mailbeam/protocol';
import { FailedError } from '../../src/index.js';
import type { Client, Sent } from '../../src/index.js';
import { Bench, nextEvent, rejection, turns } from '../bench.js';
import type { PeerConnection } from '../scripted-peer.js';

let bench: Bench;
let client: Client;
let connection: PeerConnection;
beforeEach(async () => {
  bench = await Bench.make();
  client = bench.connect();
  connection = await bench.peer.open({ origin: 7 });
  await client.ready();
});
afterEach(() => bench.close());

function record(sent: Sent, log: string[]): Sent {
  sent.on('delivered', ({ ts }) => log.push(`delivered ${ts}`));
  sent.on('read', ({ ts }) => log.push(`read ${ts}`));
  sent.on('failed', ({ code }) => log.push(`failed ${code}`));
  return sent;
}

async function accepted(count: number): Promise<{ all: Sent[]; logs: string[][] }> {
  const logs = Array.from({ length: count }, (): string[] => []);
  const all = logs.map((log, i) => record(client.send('bob', `${i}`), log));
  await connection.take('SEND', count);
  connection.say((writer) => writer.accepted(count, 1));
  await Promise.all(all);
  return { all, logs };
}

describe('RECEIPT', () => {
  test('of kind 1 tells all sends to the peer up to its cid that they are delivered, once each', async () => {
    const { logs } = await accepted(3);
    const told = nextEvent(client, 'delivered');
    connection.say((writer) => {
      writer.receipt(1, 'bob', 1, 7, 2, 50);
      writer.receipt(2, 'bob', 1, 7, 3, 60);
    });
    expect(await told).toEqual({ peer: 'bob', origin: 7, own: true, upTo: 2, ts: 50 });
    expect(await connection.next('ACK')).toMatchObject({ seq: 2 });
    expect(logs).toEqual([['delivered 50'], ['delivered 50'], ['delivered 60']]);
  });

  test('of kind 2 implies delivered', async () => {
    const { logs } = await accepted(2);
    const told = nextEvent(client, 'read');
    connection.say((writer) => writer.receipt(1, 'bob', 2, 7, 2, 50));
    await told;
    expect(logs).toEqual([
      ['delivered 50', 'read 50'],
      ['delivered 50', 'read 50'],
    ]);
  });

  test('of kind 3 tells the one message, or the range, and wins over delivered', async () => {
    const { logs } = await accepted(4);
    const told = nextEvent(client, 'failed');
    connection.say((writer) => {
      writer.receipt(1, 'bob', 1, 7, 2, 50);
      writer.receipt(2, 'bob', 3, 7, 2, 51, 'purged', 3);
      writer.receipt(3, 'bob', 3, 7, 4, 52, 'expired');
    });
    expect(await told).toEqual({ peer: 'bob', origin: 7, own: true, cid: 2, upTo: 3, code: 'purged', ts: 51 });
    await connection.next('ACK');
    expect(logs).toEqual([['delivered 50'], ['delivered 50', 'failed purged'], ['failed purged'], ['failed expired']]);
  });

  test('for another peer or another origin leaves a send alone', async () => {
    const { logs } = await accepted(1);
    const told: boolean[] = [];
    client.on('delivered', ({ own }) => told.push(own));
    connection.say((writer) => {
      writer.receipt(1, 'carol', 1, 7, 9, 50);
      writer.receipt(2, 'bob', 1, 6, 9, 50);
    });
    await connection.next('ACK');
    expect(logs).toEqual([[]]);
    expect(told).toEqual([true, false]);
  });

  test('of kind 1 that comes before ACCEPTED answers its own cid as accepted', async () => {
    const log: string[] = [];
    const sent = record(client.send('bob', 'x'), log);
    await connection.next('SEND');
    connection.say((writer) => writer.receipt(1, 'bob', 1, 7, 1, 50));
    expect(await sent).toEqual({ cid: 1, ts: 50 });
    expect(log).toEqual(['delivered 50']);
  });

  test('of kind 1 does not answer what is below its cid, which may have been rejected', async () => {
    const log: string[] = [];
    const first = client.send('bob', 'refused');
    const second = record(client.send('bob', 'slow'), log);
    const third = client.send('bob', 'taken');
    await connection.take('SEND', 3);
    connection.say((writer) => writer.receipt(1, 'bob', 1, 7, 3, 50));
    await third;
    connection.say((writer) => {
      writer.rejected(1, 'invalid', '');
      writer.accepted(3, 60);
    });
    expect(await rejection(first)).toMatchObject({ code: 'invalid' });
    expect(await second).toEqual({ cid: 2, ts: 60 });
    expect(log).toEqual(['delivered 50']);
  });

  test('of kind 3 answers its SEND with FailedError', async () => {
    const log: string[] = [];
    const sent = record(client.send('bob', 'x'), log);
    await connection.next('SEND');
    connection.say((writer) => writer.receipt(1, 'bob', 3, 7, 1, 50, 'undeliverable'));
    const error = await rejection(sent);
    expect(error).toBeInstanceOf(FailedError);
    expect(error).toMatchObject({ code: 'undeliverable', cid: 1 });
    expect(log).toEqual(['failed undeliverable']);
    expect(client.unanswered).toBe(0);
  });

  test('of kind 3 for everything in the window does not stop the sending', async () => {
    await bench.close();
    bench = await Bench.make();
    client = bench.connect();
    connection = await bench.peer.open({ limits: { sendWindow: 2 } });
    for (const text of ['a', 'b', 'c']) void client.send('bob', text);
    await connection.take('SEND', 2);
    connection.say((writer) => writer.receipt(1, 'bob', 3, 7, 1, 50, 'undeliverable', 2));
    expect(await connection.next('SEND')).toMatchObject({ cid: 3 });
  });

  test('does not free a place in the window that the router still counts', async () => {
    await bench.close();
    bench = await Bench.make();
    client = bench.connect();
    connection = await bench.peer.open({ limits: { sendWindow: 2 } });
    for (const text of ['a', 'b', 'c']) void client.send('bob', text);
    await connection.take('SEND', 2);
    connection.say((writer) => writer.receipt(1, 'bob', 1, 7, 2, 50));
    await connection.next('ACK');
    await turns();
    expect(connection.heard.filter(({ op }) => op === 'SEND')).toHaveLength(2);
    connection.say((writer) => writer.accepted(2, 51));
    expect(await connection.next('SEND')).toMatchObject({ cid: 3 });
  });

  test.each([
    ['of kind 1', ReceiptKind.DELIVERED, ''],
    ['of kind 3, expired,', ReceiptKind.FAILED, 'expired'],
  ] as const)('%s for everything in the window frees no place before ACCEPTED comes', async (_name, kind, code) => {
    await bench.close();
    bench = await Bench.make();
    client = bench.connect();
    connection = await bench.peer.open({ limits: { sendWindow: 1 } });
    for (const text of ['a', 'b']) void client.send('bob', text);
    await connection.take('SEND', 1);
    connection.say((writer) => writer.receipt(1, 'bob', kind, 7, 1, 50, code));
    await connection.next('ACK');
    await turns();
    expect(connection.heard.filter(({ op }) => op === 'SEND')).toHaveLength(1);
    connection.say((writer) => writer.accepted(1, 51));
    expect(await connection.next('SEND')).toMatchObject({ cid: 2 });
  });

  test('that answers a send has it out of the saved state before it is acked', async () => {
    const sent = client.send('bob', 'x');
    await connection.next('SEND');
    connection.say((writer) => writer.receipt(1, 'bob', 3, 7, 1, 50, 'expired'));
    await connection.next('ACK');
    expect(await rejection(sent)).toMatchObject({ code: 'expired' });
  });
});

describe('markRead', () => {
  test('sends READ and settles when it is accepted', async () => {
    const messages = client.messages();
    connection.say((writer) => writer.deliver(1, 'bob', 3, 9, 1, new Uint8Array(1), 0, 1));
    const message = (await messages.next()).value;
    const read = message.markRead();
    expect(await connection.next('READ')).toMatchObject({ cid: 1, to: 'bob', origin: 3, upTo: 9, again: false });
    connection.say((writer) => writer.accepted(1, 1));
    await read;
  });

  test('of what was marked before sends nothing', async () => {
    const messages = client.messages();
    connection.say((writer) => {
      writer.deliver(1, 'bob', 3, 8, 1, new Uint8Array(1), 0, 1);
      writer.deliver(2, 'bob', 3, 9, 1, new Uint8Array(1), 0, 1);
    });
    const first = (await messages.next()).value;
    const second = (await messages.next()).value;
    void client.markRead(second);
    await client.markRead(first);
    await connection.next('READ');
    await turns();
    expect(connection.heard.filter(({ op }) => op === 'READ')).toHaveLength(1);
  });

  test('that is rejected may be tried again', async () => {
    const messages = client.messages();
    connection.say((writer) => writer.deliver(1, 'bob', 3, 9, 1, new Uint8Array(1), 0, 1));
    const message = (await messages.next()).value;
    const read = client.markRead(message);
    await connection.next('READ');
    connection.say((writer) => writer.rejected(1, 'overloaded', '', 5));
    expect(await rejection(read)).toMatchObject({ code: 'overloaded', retryAfterMs: 5 });
    void client.markRead(message);
    expect(await connection.next('READ')).toMatchObject({ cid: 2, upTo: 9 });
  });
});
