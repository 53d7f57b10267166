import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from '../src/index.js';
import type { Client, ClientOptions } from '../src/index.js';
import { FakeClock } from './fake-clock.js';
import { ScriptedPeer } from './scripted-peer.js';

let peer: ScriptedPeer;
let clock: FakeClock;
let clients: Client[];

beforeEach(async () => {
  peer = await ScriptedPeer.listen();
  clock = new FakeClock();
  clients = [];
});

afterEach(async () => {
  for (const client of clients) await client.close();
  await peer.close();
});

function start(options: Partial<ClientOptions> = {}): Client {
  const client = connect({ url: peer.url, token: 'alice', clock, random: () => 0.5, ...options });
  clients.push(client);
  return client;
}

describe('sending', () => {
  test('a send settles with its cid and time when ACCEPTED covers it', async () => {
    const client = start();
    const connection = await peer.open();
    const sent = client.send('bob', 'hello', { ttl: 60 });
    expect(await connection.next()).toMatchObject({
      op: 'SEND',
      cid: 1,
      to: 'bob',
      body: 'hello',
      ttl: 60,
      again: false,
    });
    connection.say((writer) => writer.accepted(1, 1234));
    expect(await sent).toEqual({ cid: 1, ts: 1234 });
    expect(client.unanswered).toBe(0);
  });
});
