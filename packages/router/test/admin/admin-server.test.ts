import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { AdminServer } from '../../src/admin/admin-server.js';
import { jsonLines } from '../../src/admin/admin-stream.js';

const TOKEN = 'open sesame';
let admin: AdminServer;
let url: string;
let now = 0;
/** Moved on by the tests of streams. */
let nextLine: (line: unknown) => void;
let streamGone: Promise<void>;

beforeAll(async () => {
  admin = await AdminServer.listen({
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    now: () => now,
    routes: [
      { method: 'GET', path: '/lines', handle: () => jsonLines(linesOfTest) },
      {
        method: 'POST',
        path: '/echo/:word',
        handle: ({ word }, _query, body) => ({ status: 202, body: { word, body } }),
      },
      { method: 'GET', path: '/open', open: true, handle: () => ({ status: 200, body: 'open' }) },
      {
        method: 'POST',
        path: '/broken',
        handle: () => {
          throw new Error('a secret');
        },
      },
    ],
  });
  url = `http://127.0.0.1:${admin.port}`;
});

afterAll(() => admin.close());

async function* linesOfTest(gone: AbortSignal): AsyncGenerator<unknown> {
  streamGone = once(gone, 'abort').then(() => undefined);
  for (;;) {
    const line = await new Promise((resolve) => (nextLine = resolve));
    if (line === 'end') return;
    if (line === 'fail') throw new Error('a secret');
    yield line;
  }
}

const json = { 'content-type': 'application/json' };

async function post(path: string, body: string | undefined, headers: Record<string, string> = json, token = TOKEN) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the body of a request to the admin port', () => {
  test('is given to its route as an object', async () => {
    expect(await post('/echo/hi', '{"a":[1]}')).toEqual({ status: 202, body: { word: 'hi', body: { a: [1] } } });
  });

  test('may be left out', async () => {
    expect(await post('/echo/hi', undefined, {})).toEqual({ status: 202, body: { word: 'hi', body: {} } });
  });

  test.each([
    [400, 'what is not JSON', '{', json],
    [400, 'an array', '[]', json],
    [400, 'null', 'null', json],
    [413, 'more than 64 KiB', JSON.stringify({ a: 'x'.repeat(65_536) }), json],
    [415, 'a form, which a page of another origin could send unasked', 'a=1', { 'content-type': 'text/plain' }],
  ])('is refused with %i for %s', async (status, _what, body, headers) => {
    expect(await post('/echo/hi', body, headers)).toMatchObject({ status, body: { error: 'bad_body' } });
  });

  test('is not looked at without the token', async () => {
    expect(await post('/echo/hi', '{', json, 'wrong')).toMatchObject({ status: 401 });
  });

  test('of another origin is refused', async () => {
    expect(await post('/echo/hi', '{}', { ...json, origin: 'http://evil.example' })).toMatchObject({ status: 403 });
  });
});

/** A request with headers that `fetch` does not let be chosen. */
async function status(path: string, headers: Record<string, string>): Promise<number | undefined> {
  const [response] = (await once(request(url + path, { headers }).end(), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('the admin port', () => {
  test.each([
    ['another name, as a page that points its own name here would send it', { host: 'evil.example' }, 403],
    ['another name with our port', { host: 'evil.example:4001' }, 403],
    ['a name that begins like ours', { host: 'localhost.evil.example' }, 403],
    ['localhost', { host: 'localhost:4001' }, 200],
    ['127.0.0.1 without a port', { host: '127.0.0.1' }, 200],
    ['[::1]', { host: '[::1]:4001' }, 200],
    ['an Origin elsewhere', { host: 'localhost:4001', origin: 'http://evil.example' }, 403],
    ['an Origin on another port of this machine', { host: 'localhost:4001', origin: 'http://localhost:8080' }, 403],
    ['the Origin of a sandboxed frame', { host: 'localhost:4001', origin: 'null' }, 403],
    ['our own Origin', { host: 'localhost:4001', origin: 'http://localhost:4001' }, 200],
  ])('asked with %s', async (_what, headers, expected) => {
    expect(await status('/open', headers)).toBe(expected);
  });

  test('answers what is open without a token', async () => {
    expect((await fetch(`${url}/open`)).status).toBe(200);
  });

  test('tells 404 from 405', async () => {
    expect([(await fetch(`${url}/nothing`)).status, (await fetch(`${url}/echo/x`)).status]).toEqual([404, 405]);
  });

  test('says nothing of what went wrong inside', async () => {
    const answer = await post('/broken', '{}');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });
});

test('connections that say nothing are closed past the 256th, and make room when they go', async () => {
  const other = await AdminServer.listen({ host: '127.0.0.1', port: 0, token: TOKEN, routes: [] });
  const sockets: Socket[] = [];
  const open = async (): Promise<Socket> => {
    const socket = connect(other.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  try {
    for (let i = 0; i < 256; i++) await open();
    await once((await open()).resume(), 'close');
    expect(sockets.filter(({ destroyed }) => destroyed)).toHaveLength(1);
    for (const socket of sockets) socket.destroy();
    let answered: number | undefined;
    while (answered === undefined)
      answered = await fetch(`http://127.0.0.1:${other.port}/`).then(
        ({ status: code }) => code,
        () => undefined,
      );
    expect(answered).toBe(404);
  } finally {
    for (const socket of sockets) socket.destroy();
    other.close();
  }
});

describe('requests without the right token', () => {
  const wrong = async () => {
    const response = await fetch(`${url}/echo/x`, { method: 'POST', headers: { authorization: 'Bearer wrong' } });
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  };

  test('are told to wait after 30 in 10 s, while right ones pass', async () => {
    now = 1_000_000;
    for (let i = 0; i < 30; i++) {
      now += 100;
      expect(await wrong()).toEqual({ status: 401, retryAfter: null });
    }
    expect(await wrong()).toEqual({ status: 429, retryAfter: '8' });
    expect(await post('/echo/hi', undefined, {})).toMatchObject({ status: 202 });
    now = 1_000_100 + 10_000 - 1;
    expect(await wrong()).toEqual({ status: 429, retryAfter: '1' });
    now += 1;
    expect(await wrong()).toEqual({ status: 401, retryAfter: null });
    expect(await wrong()).toMatchObject({ status: 429 });
  });

  test('are as many as there are, with no token at all', async () => {
    now = 2_000_000;
    for (let i = 0; i < 30; i++) expect(await status('/lines', {})).toBe(401);
    expect(await status('/lines', {})).toBe(429);
    expect(await status('/open', {})).toBe(200);
  });
});

describe('a stream', () => {
  async function open() {
    const authorization = `Bearer ${TOKEN}`;
    const response = await fetch(`${url}/lines`, { headers: { authorization } });
    return { response, reader: response.body!.pipeThrough(new TextDecoderStream()).getReader() };
  }

  test('comes line by line, from the moment at which it begins, to its end', async () => {
    const { response, reader } = await open();
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    nextLine({ a: 1 });
    expect(await reader.read()).toMatchObject({ value: '{"a":1}\n' });
    nextLine('end');
    expect(await reader.read()).toMatchObject({ done: true });
  });

  test('tells its source when whoever asked has gone', async () => {
    const { reader } = await open();
    await reader.cancel();
    await streamGone;
    nextLine('end');
  });

  test('whose source fails is cut off, without a word of what went wrong', async () => {
    const { reader } = await open();
    nextLine('fail');
    await expect(reader.read()).rejects.toThrow(/terminated/);
  });
});
