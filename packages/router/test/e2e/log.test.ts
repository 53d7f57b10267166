import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

jest.setTimeout(60_000);

let router: StartedRouter | undefined;
afterEach(async () => {
  await router?.dispose();
  router = undefined;
});

const BODY = 'the-body-of-a-message';
const names = ['anna-maria-of-the-north', 'benedict-of-the-south', 'nobody-is-there-yet'] as const;

const crasher = `
import { defineService } from '@mailbeam/handler';
export default defineService({
  name: 'crasher',
  version: '1.0.0',
  init: () => ({ all: [] as string[] }),
  handleMessage: (message, state, ctx) => {
    state.all.push(message.text());
    if (message.text().includes('crash')) throw new Error('it went wrong');
    ctx.log.info('handled one');
  },
});
`;

const envOf = (handlers: string): Record<string, string> => ({
  MAILBEAM_LOG_LEVEL: 'trace',
  MAILBEAM_PRIVACY_CLEAR_NAMES: 'false',
  MAILBEAM_CODE_HANDLERS: handlers,
});

test('a busy run at level trace has no body, no token and no name of a user in any line of its log', async () => {
  const data = mkdtempSync(join(tmpdir(), 'mailbeam-log-e2e-'));
  const handlers = join(data, 'handlers');
  mkdirSync(handlers);
  writeFileSync(join(handlers, 'crasher.ts'), crasher);
  router = await StartedRouter.start(envOf(handlers), data);
  await router.load('crasher.ts');

  const [anna, ben] = [await Person.login(router.port, names[0]), await Person.login(router.port, names[1])];
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(`${BODY} ${text}`);
  for (let cid = 1; cid <= 200; cid++) anna.write((w) => w.send(cid, cid % 3 === 0 ? names[2] : names[1], bytes('hi')));
  anna.write((w) => w.send(201, '$crasher', bytes('fine')));
  anna.write((w) => w.send(202, '$crasher', bytes('crash')));
  anna.write((w) => w.send(203, '$nowhere', bytes('hi')));
  anna.write((w) => w.send(204, 'x'.repeat(5_000), bytes('hi')));
  await anna.next('rejected', ({ cid }) => cid >= 203);
  await anna.until(() => anna.came.some((one) => one.what === 'receipt' && one.code === 'undeliverable'));
  // whoever says HELLO a second time ends the first
  const again = await Person.login(router.port, names[1]);
  await ben.next('close');
  const path = `/users/${names[1]}/disconnect`;
  expect((await router.ask('POST', path)).status).toBe(200);
  await again.next('close');
  await router.ask('POST', '/alerts/silences', { mailbox: names[1], forMs: 1_000, by: 'ops', comment: 'test' });
  await router.ask('GET', `/inspect/${names[0]}`);
  await router.statusWhen(({ connections }) => connections === 1);
  const token = readFileSync(join(router.data, 'admin.token'), 'utf8').trim();
  router.signal('SIGTERM');
  const { stderr } = await router.ended;

  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  for (const what of [
    'a client has connected',
    'a message has come in',
    'a client has gone',
    'an actor crashed',
    'handled one',
  ])
    expect(stderr).toContain(what);
  const found = lines.filter((line) => [BODY, token, ...names].some((secret) => line.includes(secret)));
  expect(found).toEqual([]);
  expect(lines.every((line) => typeof (JSON.parse(line) as { area: unknown }).area === 'string')).toBe(true);
});

test('how much is logged is changed while it runs, by area, and told', async () => {
  router = await StartedRouter.start();
  expect(await router.ask('GET', '/log')).toMatchObject({
    status: 200,
    body: { areas: { node: { level: 'info', until: null }, clients: { level: 'info' } } },
  });
  await Person.login(router.port, 'anna');
  const change = { level: 'debug', area: 'clients', forMs: 60_000 };
  const changed = await router.ask('PUT', '/log', change);
  expect(changed.body).toMatchObject({
    areas: { node: { level: 'info' }, clients: { level: 'debug', usual: 'info', until: expect.any(Number) } },
  });
  await Person.login(router.port, 'ben');
  expect(await router.ask('PUT', '/log', { level: 'loud' })).toMatchObject({
    status: 400,
    body: { error: 'bad_option' },
  });
  expect(await router.ask('PUT', '/log', { level: 'info', area: 'moon' })).toMatchObject({ status: 400 });
  router.signal('SIGTERM');
  const { stderr } = await router.ended;
  expect(stderr.match(/a client has connected/g)).toHaveLength(1);
  expect(stderr).toContain('an operator changes what is logged');
});

test('for people it is one line with time, level, area and words', async () => {
  router = await StartedRouter.start({ MAILBEAM_LOG_FORMAT: 'pretty' });
  router.signal('SIGTERM');
  const { stderr } = await router.ended;
  expect(stderr).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: node: ready \{.*"port":\d+.*\}$/m);
});
