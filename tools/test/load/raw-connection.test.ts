import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { RawConnection, UpgradeRefused } from '../../src/load/raw-connection.js';
import { WsOp } from '../../src/load/ws-frame.js';

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

async function serve(onConnection: (socket: WebSocket) => void): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'mailbeam.v1' });
  servers.push(server);
  server.on('connection', onConnection);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('messages of every length class come back as they were sent', async () => {
  const port = await serve((socket) => socket.on('message', (data) => socket.send(data as Buffer)));
  const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000, 3];
  const got: Buffer[] = [];
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const connection = await RawConnection.open({
    port,
    onMessage: (payload) => {
      got.push(Buffer.from(payload));
      if (got.length === sizes.length) finish();
    },
  });
  const sent = sizes.map((size, i) => Buffer.alloc(size, i + 1));
  for (const payload of sent) connection.send(payload);
  await finished;
  expect(got.map((payload) => payload.length)).toEqual(sizes);
  expect(got.every((payload, i) => payload.equals(sent[i]!))).toBe(true);
  connection.destroy();
});

test('a fragmented message is put together', async () => {
  const port = await serve((socket) => {
    socket.send('ab', { fin: false, binary: true });
    socket.send('cd', { fin: false, binary: true });
    socket.send('ef', { fin: true, binary: true });
  });
  const message = await new Promise<string>((resolve, reject) => {
    RawConnection.open({ port, onMessage: (payload) => resolve(Buffer.from(payload).toString()) }).catch(reject);
  });
  expect(message).toBe('abcdef');
});

test('the close code and the reason of the server are reported', async () => {
  const port = await serve((socket) => socket.close(4003, 'replaced'));
  const closed = await new Promise<[number, string]>((resolve, reject) => {
    RawConnection.open({ port, onClose: (code, reason) => resolve([code, reason]) }).catch(reject);
  });
  expect(closed).toEqual([4003, 'replaced']);
});

test('a connection that is cut off ends with 1006', async () => {
  const port = await serve((socket) => socket.terminate());
  const code = await new Promise<number>((resolve, reject) => {
    RawConnection.open({ port, onClose: resolve }).catch(reject);
  });
  expect(code).toBe(1006);
});

test('a ping is answered', async () => {
  let answered: (payload: string) => void;
  const answer = new Promise<string>((resolve) => (answered = resolve));
  const port = await serve((socket) => {
    socket.on('pong', (data: Buffer) => answered(data.toString()));
    socket.ping('are you there');
  });
  const connection = await RawConnection.open({ port });
  expect(await answer).toBe('are you there');
  connection.destroy();
});

test('a text message can be sent and the closing handshake started', async () => {
  let text = '';
  const port = await serve((socket) =>
    socket.on('message', (data, isBinary) => (text = `${(data as Buffer).toString()} ${isBinary}`)),
  );
  let closed: (code: number) => void;
  const code = new Promise<number>((resolve) => (closed = resolve));
  const connection = await RawConnection.open({ port, onClose: (value) => closed(value) });
  connection.sendOp(WsOp.TEXT, Buffer.from('hello'));
  connection.close(1000);
  expect(await code).toBe(1000);
  expect(text).toBe('hello false');
  expect(connection.isOpen).toBe(false);
});

test('a refused upgrade rejects with its status and head', async () => {
  const server = createServer();
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const refused = RawConnection.open({ port: (server.address() as AddressInfo).port });
  await expect(refused).rejects.toBeInstanceOf(UpgradeRefused);
  await expect(refused).rejects.toMatchObject({ status: 503, head: expect.stringContaining('Retry-After: 7') });
  server.close();
  await once(server, 'close');
});
