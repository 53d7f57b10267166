import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AdminServer } from '../../src/admin/admin-server.js';
import { ConsoleAccess } from '../../src/console/console-access.js';
import { consoleRoutes } from '../../src/console/console-routes.js';
import { SESSION_MS } from '../../src/console/console-session.js';
import { EndedSessions } from '../../src/console/ended-sessions.js';

const TOKEN = 'open sesame';
const START = 1_800_000_000_000;
let wall: number;
let data: string;
let admin: AdminServer;
let told: string[];

beforeEach(() => {
  wall = START;
  told = [];
});

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'mailbeam-console-'));
  const access = new ConsoleAccess(TOKEN, EndedSessions.open(data, START, { error: () => undefined }));
  admin = await AdminServer.listen({
    ...{ host: '127.0.0.1', port: 0, token: TOKEN, console: access },
    wall: () => wall,
    routes: [
      ...consoleRoutes({ access, wall: () => wall, onChange: (sentence) => void told.push(sentence) }),
      { method: 'GET', path: '/figures', handle: () => ({ status: 200, body: 'figures' }) },
      { method: 'POST', path: '/act', handle: () => ({ status: 200, body: 'done' }) },
    ],
  });
});

afterAll(() => {
  admin.close();
  rmSync(data, { recursive: true });
});

interface Told {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** As a browser would: with headers that `fetch` lets nobody choose. */
async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: object): Promise<Told> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const asked = request({ host: '127.0.0.1', port: admin.port, method, path, headers: { ...type, ...headers } });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const origin = () => ({ origin: `http://127.0.0.1:${admin.port}` });

async function ticket(): Promise<string> {
  const { status, body } = await ask('POST', '/console/links', { authorization: `Bearer ${TOKEN}` });
  expect(status).toBe(201);
  return /^\/console\/#ticket=([\w-]{32})$/.exec((JSON.parse(body) as { path: string }).path)![1]!;
}

/** Opens a link, and returns the cookie as a browser sends it. */
async function signIn(): Promise<string> {
  const { headers } = await ask('POST', '/console/session', origin(), { ticket: await ticket() });
  return headers['set-cookie']![0]!.split(';')[0]!;
}

describe('the link', () => {
  test('is for those who have the token', async () => {
    expect(await ask('POST', '/console/links')).toMatchObject({ status: 401 });
  });

  test('is changed, once, for a cookie that scripts, other sites and other paths do not get', async () => {
    const given = await ticket();
    const { status, headers } = await ask('POST', '/console/session', origin(), { ticket: given });
    expect(status).toBe(201);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(
          `^mailbeam_console_${admin.port}=[\\w.-]+; Path=/console/; Max-Age=43200; HttpOnly; SameSite=Strict$`,
        ),
      ),
    ]);
    expect(told).toEqual(['the console was opened']);
    const again = await ask('POST', '/console/session', origin(), { ticket: given });
    expect([again.status, again.headers['set-cookie']]).toEqual([401, undefined]);
    expect(again.body).toContain('link_spent');
  });
});

describe('the session', () => {
  test('opens the routes below /console/api, and those alone', async () => {
    const cookie = await signIn();
    expect(await ask('GET', '/console/api/figures', { cookie })).toMatchObject({ status: 200, body: '"figures"\n' });
    expect(await ask('POST', '/console/api/act', { cookie, ...origin() })).toMatchObject({ status: 200 });
    expect(await ask('GET', '/figures', { cookie })).toMatchObject({ status: 401 });
    expect(await ask('POST', '/console/api/console/links', { cookie, ...origin() })).toMatchObject({ status: 404 });
  });

  test('is not replaced by the token there', async () => {
    const authorization = `Bearer ${TOKEN}`;
    expect(await ask('GET', '/console/api/figures', { authorization })).toMatchObject({ status: 401 });
  });

  test.each([
    ['an act without an Origin', 'POST', () => ({})],
    ['an act from another port of this machine', 'POST', () => ({ origin: 'http://127.0.0.1:1' })],
    ['a look from another port of this machine', 'GET', () => ({ 'sec-fetch-site': 'same-site' })],
    ['a look from elsewhere', 'GET', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a visit of the bare route', 'GET', () => ({ 'sec-fetch-site': 'none' })],
  ])('does not help %s', async (_what, method, headers) => {
    const cookie = await signIn();
    const path = method === 'GET' ? '/console/api/figures' : '/console/api/act';
    expect(await ask(method, path, { cookie, ...headers() })).toMatchObject({ status: 403 });
  });

  test('ends by itself after 12 hours, and says so', async () => {
    const cookie = await signIn();
    expect(JSON.parse((await ask('GET', '/console/session', { cookie })).body)).toEqual({ endsAt: START + SESSION_MS });
    wall = START + SESSION_MS;
    const refused = await ask('GET', '/console/api/figures', { cookie });
    expect([refused.status, refused.body]).toEqual([401, expect.stringContaining('session_ended')]);
    expect(JSON.parse((await ask('GET', '/console/session', { cookie })).body)).toEqual({ endsAt: null });
  });

  test('ends when it is signed out, also for who has kept the cookie', async () => {
    const cookie = await signIn();
    const { headers } = await ask('DELETE', '/console/session', { cookie, ...origin() });
    expect(headers['set-cookie']![0]).toContain('Max-Age=0');
    expect(await ask('GET', '/console/api/figures', { cookie })).toMatchObject({ status: 401 });
    expect(told).toEqual(['the console was opened', 'the console was signed out']);
  });
});

describe('the page', () => {
  test('may run, draw and ask nothing but what this port has', async () => {
    const { headers, status } = await ask('GET', '/console/');
    expect([200, 503]).toContain(status); // 503 where it was not built
    if (status === 503) return;
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';/,
    );
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  test('has no files but its own', async () => {
    for (const path of ['/console/package.json', '/console/..%2fpackage.json', '/console/constructor'])
      expect(await ask('GET', path)).toMatchObject({ status: 404 });
    expect(await ask('GET', '/console')).toMatchObject({ status: 308, headers: { location: '/console/' } });
  });
});

test('tickets are not guessed: too many wrong ones are told to wait', async () => {
  const statuses: (number | undefined)[] = [];
  for (let i = 0; i < 40; i++)
    statuses.push((await ask('POST', '/console/session', origin(), { ticket: `wrong ${i}` })).status);
  expect(statuses).toContain(401);
  expect(statuses.at(-1)).toBe(429);
  expect(await signIn()).toMatch(/^mailbeam_console_/);
});
