import { expect, test } from '@jest/globals';
import { AdminPort, PortAway, Refused, SessionEnded } from '../../src/port/admin-port.js';

const answering = (status: number, body: unknown, asked: RequestInit[] = []): AdminPort =>
  new AdminPort((_url, init) => {
    asked.push(init ?? {});
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });

test('an answer is its JSON, and a body is sent as such', async () => {
  const asked: RequestInit[] = [];
  expect(await answering(200, { a: 1 }, asked).post('/act', { b: 2 })).toEqual({ a: 1 });
  expect(asked).toMatchObject([
    { method: 'POST', body: '{"b":2}', headers: { 'content-type': 'application/json' }, redirect: 'error' },
  ]);
});

test('a refusal keeps its code, its sentence and what else it says', async () => {
  const refused = { error: 'compile_failed', detail: 'it does not compile', locations: [{ line: 1 }] };
  await expect(answering(422, refused).get('/x')).rejects.toMatchObject({
    constructor: Refused,
    status: 422,
    problem: { code: 'compile_failed', message: 'it does not compile', locations: [{ line: 1 }] },
  });
});

test('a session that has ended is told from a link that is spent', async () => {
  await expect(answering(401, { error: 'session_ended' }).get('/x')).rejects.toBeInstanceOf(SessionEnded);
  await expect(answering(401, { error: 'link_spent' }).signIn('t')).rejects.toBeInstanceOf(Refused);
});

test('nobody there, and somebody else who speaks no JSON, are away', async () => {
  const dead = new AdminPort(() => Promise.reject(new TypeError('failed to fetch')));
  await expect(dead.get('/x')).rejects.toBeInstanceOf(PortAway);
  const other = new AdminPort(() => Promise.resolve(new Response('<html>', { status: 502 })));
  await expect(other.get('/x')).rejects.toBeInstanceOf(PortAway);
});
