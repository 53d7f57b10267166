/** What the alerts of a running router say, and what they do not. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';
import { WebHook } from './web-hook.js';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
});

const deep = { name: 'deep', summary: 'Forty wait.', warning: { depth: 40 }, forSeconds: 0, clearForSeconds: 0 };

async function started(env: Readonly<Record<string, string>>): Promise<{ router: StartedRouter; hook: WebHook }> {
  const hook = await WebHook.open();
  undo.push(() => hook.close());
  const router = await StartedRouter.start({
    MAILBEAM_ALERTS_RULES: JSON.stringify([deep]),
    MAILBEAM_ALERTS_WEBHOOK: hook.url,
    ...env,
  });
  undo.push(() => router.dispose());
  return { router, hook };
}

async function login(router: StartedRouter, user: string): Promise<Person> {
  const person = await Person.login(router.port, user);
  undo.push(() => person.end());
  return person;
}

const descriptionOf = (body: unknown): string =>
  (body as { alerts: { annotations: { description: string } }[] }).alerts[0]!.annotations.description;

test('an alert about a service that hangs has everything that is known of it', async () => {
  const handlers = mkdtempSync(join(tmpdir(), 'mailbeam-words-e2e-'));
  undo.push(() => rmSync(handlers, { recursive: true }));
  const source = `
    import { defineService } from '@mailbeam/handler';
    export default defineService({
      name: 'bank',
      version: '7.1.0',
      init: () => null,
      handleMessage: () => new Promise(() => undefined),
    });
  `;
  writeFileSync(join(handlers, 'bank.ts'), source);
  const { router, hook } = await started({ MAILBEAM_CODE_HANDLERS: handlers });
  await router.load('bank.ts');
  const ann = await login(router, 'ann');
  const cid = await login(router, 'cid');
  // one frame: the ten are there before the thirty
  cid.write((w) => {
    for (let i = 1; i <= 10; i++) w.send(i, '$bank', Buffer.from('a secret'));
  });
  await cid.accepted(10);
  ann.write((w) => {
    for (let i = 1; i <= 30; i++) w.send(i, '$bank', Buffer.from('a secret'));
  });
  const seconds = '[\\d.]+ s';
  const rate = '[\\d.]+';
  const lines = [
    'warning: deep: service \\$bank',
    'Forty wait\\.',
    `since     20\\d\\d-\\d\\d-\\d\\dT[\\d:.]+Z \\(${seconds}\\)`,
    `depth     40, \\+${rate}/s`,
    `rates     in ${rate} ${rate} ${rate}, out 0 0 0 \\(per s, over 1, 10, 100 s\\)`,
    `oldest    ${seconds}(?:, nothing taken for ${seconds})?`,
    'drained   never, at this pace',
    'runs      bank 7\\.1\\.0',
    `last load bank 7\\.1\\.0, ${seconds} ago`,
    `doing     awaiting, with one in hand for ${seconds}`,
    'filled by ann 75 %, cid 25 %',
    "look      mailbeam inspect '\\$bank'",
  ];
  const description = descriptionOf(await hook.next());
  expect(description).toMatch(new RegExp(`^${lines.join('\n')}$`));
}, 60_000);

test('actors of a version that crash again and again are told with their version, its load, and where to look', async () => {
  const handlers = mkdtempSync(join(tmpdir(), 'mailbeam-words-e2e-'));
  undo.push(() => rmSync(handlers, { recursive: true }));
  const source = `
    import { defineService } from '@mailbeam/handler';
    export default defineService({
      name: 'shaky',
      version: '3.0.0',
      init: () => null,
      handleMessage() { throw new Error('planted'); },
    });
  `;
  writeFileSync(join(handlers, 'shaky.ts'), source);
  const often = { name: 'often', warning: { restarts: 5 }, forSeconds: 0 };
  const rules = JSON.stringify([often]);
  const { router, hook } = await started({ MAILBEAM_CODE_HANDLERS: handlers, MAILBEAM_ALERTS_RULES: rules });
  await router.load('shaky.ts');
  const ann = await login(router, 'ann');
  for (let cid = 1; cid <= 8; cid++) ann.send(cid, '$shaky');
  const told = (await hook.next()) as { alerts: { labels: object; annotations: { look: string } }[] };
  expect(told.alerts[0]).toMatchObject({
    labels: { alertname: 'often', behaviour: 'shaky', version: '3.0.0' },
    annotations: { summary: 'warning: often: actors of shaky 3.0.0', look: 'mailbeam versions shaky' },
  });
  expect(descriptionOf(told)).toMatch(
    /^restarts +\d+ in the last minute\nruns +shaky 3\.0\.0\nlast load shaky 3\.0\.0, /m,
  );
}, 60_000);

test('where names are not to be shown they are in no alert, metric or list, nor in the log; the pseudonym leads to the user', async () => {
  const { router, hook } = await started({ MAILBEAM_PRIVACY_CLEAR_NAMES: 'false', MAILBEAM_LOG_LEVEL: 'trace' });
  const [from, to] = ['annabella-1', 'balthazar-2'] as const;
  const ann = await login(router, from);
  const bob = await login(router, to);
  for (let cid = 1; cid <= 120; cid++) ann.send(cid, to, 'a secret');
  const alert = (await hook.next()) as { alerts: { labels: { mailbox: string } }[] };
  const { mailbox } = alert.alerts[0]!.labels;
  expect(mailbox).toMatch(/^[a-z2-7]{10}$/);
  expect(descriptionOf(alert)).toMatch(/^filled by [a-z2-7]{10} 100 %$/m);
  await ann.accepted(120);
  const metrics = await (await fetch(`http://127.0.0.1:${router.adminPort}/metrics`)).text();
  expect(metrics).toContain(`mailbeam_mailbox_top_depth{class="session",mailbox="${mailbox}"} 120`);
  const shown = [metrics, JSON.stringify(alert)];
  for (const path of ['/alerts', '/mailboxes', '/status', '/actors/tree', `/inspect/${mailbox}`]) {
    const { status, body } = await router.ask('GET', path);
    expect([path, status]).toEqual([path, 200]);
    shown.push(JSON.stringify(body));
  }
  // whoever silences may write the name: the log does not
  expect(await router.ask('POST', '/alerts/silences', { mailbox: to, forMs: 60_000 })).toMatchObject({ status: 201 });
  expect(await hook.next()).toMatchObject({ status: 'resolved', alerts: [{ labels: { mailbox } }] });
  expect((await router.ask('POST', `/users/${mailbox}/disconnect`)).body).toEqual({
    user: mailbox,
    disconnected: true,
  });
  expect(await bob.closed()).toBe(4006);
  const token = readFileSync(join(router.data, 'admin.token'), 'utf8').trim();
  router.signal('SIGTERM');
  shown.push((await router.ended).stderr);
  for (const text of shown) {
    expect(text).not.toMatch(/annabella|balthazar|secret/);
    expect(text).not.toContain(token);
  }
  expect(shown.at(-1)).toContain(`deep: session ${mailbox}`);
}, 60_000);
