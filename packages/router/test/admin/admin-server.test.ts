import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AdminServer } from '../../src/admin/admin-server.js';

const TOKEN = 'open sesame';
let admin: AdminServer;
let url: string;

beforeAll(async () => {
  admin = await AdminServer.listen({
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    routes: [
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

describe('the admin port', () => {
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
