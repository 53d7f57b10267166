import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import { listen } from '../../src/socket/uws.js';
import { Person } from './person.js';

const SOCKETS = 10;
const CONNECTIONS = 8;
const server = await listen<object>({
  host: '127.0.0.1',
  port: 0,
  maxMessageBytes: 65_536,
  idleTimeoutSeconds: 120,
  maxConnections: CONNECTIONS,
  maxSockets: SOCKETS,
  allowsOrigin: () => true,
  open: () => ({}),
  message: () => undefined,
  drained: () => undefined,
  closed: () => undefined,
});
afterAll(() => server.close());

/** An upgrade that ends in its middle. */
async function half(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: server.port }).on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  socket.write('GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso');
  return socket;
}

/** Tries again while the server has not heard yet of those who have gone. */
async function comeIn(): Promise<Person> {
  for (;;) {
    const person = await Person.connect(server.port).catch(() => undefined);
    if (person !== undefined) return person;
  }
}

async function allClosed(sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
}

test('upgrades that do not end take no more sockets than there may be, and those that have gone take none', async () => {
  const people = [await comeIn()];
  const halves = await Promise.all(Array.from({ length: SOCKETS - 1 }, half));
  const tooMany = await Promise.all(Array.from({ length: SOCKETS }, half));
  await allClosed(tooMany);
  expect(halves.filter(({ closed }) => closed)).toHaveLength(0);
  expect(server.connections).toBe(1);
  for (const socket of halves) socket.destroy();
  while (people.length < CONNECTIONS) people.push(await comeIn());
  expect(server.connections).toBe(CONNECTIONS);
  for (const person of people) person.end();
});
