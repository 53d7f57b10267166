/** The admin port of a running router: who may ask what. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StartedRouter } from './start-router.js';

const sources = ['admin', 'console'].map((folder) => join(import.meta.dirname, '../../src', folder));

/** Every route that is written anywhere, with example values in its path. */
const routes = sources
  .flatMap((source) => readdirSync(source).map((file) => readFileSync(join(source, file), 'utf8')))
  .flatMap((text) => [...text.matchAll(/method: '(\w+)',\s+path: '([^']+)',(\s+open: true)?/g)])
  .map(([, method = '', path = '', open]) => ({
    method,
    path: path.replaceAll(/:\w+/g, 'x'),
    isOpen: open !== undefined,
  }));

interface Open {
  readonly isOpen: boolean;
  readonly path: string;
}

const isOpenPath = ({ isOpen, path }: Open): boolean => isOpen && !path.startsWith('/console');

let router: StartedRouter;

beforeAll(async () => {
  router = await StartedRouter.start();
}, 60_000);

afterAll(async () => {
  await router?.dispose();
});

interface Answer {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
}

async function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const asking = request({ method, host: '127.0.0.1', port: router.adminPort, path, headers, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  response.resume();
  return { status: response.statusCode, retryAfter: response.headers['retry-after'] };
}

const token = (): string => `Bearer ${readFileSync(join(router.data, 'admin.token'), 'utf8').trim()}`;

describe('the admin port of a running router', () => {
  test('is open for three paths and the page of the console, and for no other', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter(isOpenPath).map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['GET /healthz', 'GET /readyz', 'GET /metrics']),
    );
    expect(routes.filter(isOpenPath)).toHaveLength(3);
    const ofConsole = routes.filter(({ isOpen, path }) => isOpen && path.startsWith('/console'));
    expect(ofConsole.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      ...['DELETE /console/session', 'GET /console', 'GET /console/session', 'GET /console/x', 'POST /console/session'],
    ]);
  });

  test.each(routes.filter(isOpenPath))('answers $method $path without a token', async ({ method, path }) => {
    expect(await ask(method, path)).toMatchObject({ status: 200 });
  });

  test.each(routes.filter((route) => !route.isOpen))('wants a token for $method $path', async ({ method, path }) => {
    expect([401, 429]).toContain((await ask(method, path)).status);
    expect([401, 429]).toContain((await ask(method, path, { authorization: 'Bearer wrong' })).status);
    expect([401, 429]).toContain((await ask(method, path, { authorization: token().toLowerCase() })).status);
  });

  test.each([
    ['the Host of a page that had its own name point here', { host: 'evil.example' }],
    ['the Origin of another page', { origin: 'http://evil.example' }],
  ])('refuses %s, whatever the token and the path', async (_what, headers) => {
    expect(await ask('GET', '/status', { authorization: token(), ...headers })).toMatchObject({ status: 403 });
    for (const path of ['/metrics', '/healthz', '/readyz'])
      expect(await ask('GET', path, headers)).toMatchObject({ status: 403 });
  });

  test('has whoever guesses wait, and nobody else', async () => {
    let answer: Answer = { status: 401, retryAfter: undefined };
    for (let guesses = 0; answer.status === 401 && guesses < 40; guesses++)
      answer = await ask('GET', '/status', { authorization: `Bearer ${guesses}` });
    expect(answer.status).toBe(429);
    expect(Number(answer.retryAfter)).toBeGreaterThan(0);
    expect(await ask('GET', '/status', { authorization: token() })).toMatchObject({ status: 200 });
  });
});
