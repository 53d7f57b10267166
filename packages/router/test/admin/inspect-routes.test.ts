import { afterEach, describe, expect, test } from '@jest/globals';
import { AdminServer } from '../../src/admin/admin-server.js';
import { inspectRoutes } from '../../src/admin/inspect-routes.js';
import { Names } from '../../src/privacy/names.js';
import { TestNode } from '../../src/test-kit/test-node.js';

const names = new Names(Buffer.alloc(32), false);
const TOKEN = 'open sesame';
let admin: AdminServer;

afterEach(() => admin.close());

async function start() {
  const node = new TestNode();
  const ended: string[] = [];
  const routes = inspectRoutes({ core: node.core, names, onDisconnect: (user) => void ended.push(user) });
  admin = await AdminServer.listen({ host: '127.0.0.1', port: 0, token: TOKEN, routes });
  const ask = async (method: string, path: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${admin.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}` },
      ...(signal && { signal }),
    });
  const json = async (method: string, path: string) => {
    const response = await ask(method, path);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { node, ended, ask, json };
}

describe('the admin port', () => {
  test('shows the tree', async () => {
    const { json } = await start();
    expect(await json('GET', '/actors/tree?deepest=3')).toMatchObject({ status: 200, body: { actors: 2 } });
    expect(await json('GET', '/actors/tree?deepest=-1')).toMatchObject({ status: 400 });
  });

  test('shows a user, by name or pseudonym, and says who is not there', async () => {
    const { node, json } = await start();
    await node.login('a/b ü');
    const path = encodeURIComponent('a/b ü');
    expect(await json('GET', `/inspect/${path}`)).toMatchObject({ status: 200, body: { kind: 'user' } });
    const pseudonym = names.pseudonym('a/b ü');
    expect(await json('GET', `/inspect/${pseudonym}`)).toMatchObject({ status: 200, body: { user: pseudonym } });
    expect(await json('GET', '/inspect/nobody')).toEqual({
      status: 404,
      body: { error: 'unknown_target', detail: 'there is no user, service or actor nobody' },
    });
    expect(await json('GET', '/inspect/1?kind=actor')).toMatchObject({ body: { kind: 'actor', name: 'sessions' } });
    expect(await json('GET', '/inspect/1?kind=thing')).toMatchObject({ status: 400 });
  });

  test('ends the connection of a user with 4006, and says whether there was one', async () => {
    const { node, ended, json } = await start();
    const alice = await node.login('alice');
    const user = names.pseudonym('alice');
    expect(await json('POST', '/users/alice/disconnect')).toEqual({ status: 200, body: { user, disconnected: true } });
    expect(alice.closedWith).toEqual({ code: 4006, reason: 'going_away' });
    expect(ended).toEqual([user]);
    await node.settle();
    expect(await json('POST', `/users/alice/disconnect`)).toEqual({ status: 200, body: { user, disconnected: false } });
    expect(await json('POST', '/users/nobody/disconnect')).toMatchObject({ status: 404 });
  });

  test('streams a trace line by line until its time is over', async () => {
    const { node, ask } = await start();
    await node.login('alice');
    const response = await ask('POST', '/trace/alice?forMs=1');
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['begin', 'end']);
  });

  test('has room for so many traces at a time, and again when one has been left', async () => {
    const { node, ask } = await start();
    await node.login('alice');
    const leave = new AbortController();
    const path = '/trace/alice?forMs=240000';
    const first = await ask('POST', path, leave.signal);
    for (let i = 0; i < 7; i++) expect((await ask('POST', path)).status).toBe(200);
    expect((await ask('POST', path)).status).toBe(429);
    await first.body!.getReader().read();
    leave.abort();
    let status = 429;
    while (status === 429) status = (await ask('POST', path)).status;
    expect(status).toBe(200);
  });

  test('traces a behaviour that runs, and refuses what nothing is called', async () => {
    const { node, json, ask } = await start();
    await node.login('alice');
    expect((await ask('POST', '/trace/session?forMs=1')).status).toBe(200);
    expect(await json('POST', '/trace/sesion')).toMatchObject({ status: 404 });
    expect(await json('POST', '/trace/session?forMs=0')).toMatchObject({ status: 400 });
    expect(await json('POST', '/trace/session?forMs=1000000')).toMatchObject({ status: 400 });
  });
});
