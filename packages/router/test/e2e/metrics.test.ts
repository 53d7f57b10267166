/** The metrics of a real router, as Prometheus would fetch them. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

const promtool = spawnSync('promtool', ['--version']).error === undefined;
if (!promtool) console.log('notice: no promtool here, its test is skipped');
const testWithPromtool = promtool ? test : test.skip;

const DEEP = 120;
let router: StartedRouter;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  router = await StartedRouter.start();
  ann = await Person.login(router.port, 'ann');
  bob = await Person.login(router.port, 'bob');
  for (let cid = 1; cid <= DEEP; cid++) ann.send(cid, 'bob');
  await bob.next('deliver', ({ seq }) => seq === 20);
  bob.ack(20);
  await ann.accepted(DEEP);
  await bob.next('deliver', ({ seq }) => seq === DEEP);
  ann.send(DEEP + 1, '$nobody');
  await ann.next('rejected');
}, 30_000);

afterAll(async () => {
  ann?.end();
  bob?.end();
  await router?.dispose();
});

const scrape = (accept: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${router.adminPort}/metrics`, { headers: { accept } });

/** Values by series. */
async function series(): Promise<Map<string, string>> {
  const lines = (await (await scrape('text/plain')).text()).split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
}

describe('GET /metrics', () => {
  test('answers without a token, text or OpenMetrics as asked', async () => {
    const text = await scrape('text/plain');
    expect([text.status, text.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const open = await scrape('application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await open.text()).toMatch(/\n# EOF\n$/);
  });

  test('knows what was accepted and what waits, and where', async () => {
    const waits = `${DEEP - 20}`;
    expect(Object.fromEntries(await series())).toMatchObject({
      mailbeam_accepted_total: `${DEEP}`,
      'mailbeam_settled_total{outcome="delivered"}': '20',
      'mailbeam_settled_total{outcome="failed"}': '0',
      mailbeam_ledger_imbalance: '0',
      mailbeam_pending_messages: waits,
      'mailbeam_mailbox_depth_messages{class="session"}': waits,
      'mailbeam_mailbox_received_total{class="session"}': `${DEEP}`,
      'mailbeam_mailbox_handled_total{class="session"}': '20',
      'mailbeam_mailbox_top_depth{class="session",mailbox="bob"}': waits,
      mailbeam_connections: '2',
      'mailbeam_rejected_total{code="unknown_recipient"}': '1',
    });
  });

  testWithPromtool('passes promtool check metrics', async () => {
    const input = await (await scrape('text/plain')).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});
