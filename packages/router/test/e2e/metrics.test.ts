/** The metrics of a real router, as Prometheus would fetch them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

const promtool = spawnSync('promtool', ['--version']).error === undefined;
if (!promtool) console.log('notice: no promtool here, its test is skipped');
const testWithPromtool = promtool ? test : test.skip;

/** What dashboards and rules of others may count on: no series of these goes away. */
const promised = [
  'mailbeam_mailbox_depth_messages{class="session"}',
  'mailbeam_mailbox_depth_messages{class="away"}',
  'mailbeam_mailbox_depth_messages{class="service"}',
  'mailbeam_mailbox_depth_messages{class="group"}',
  'mailbeam_mailbox_depth_messages{class="system"}',
  'mailbeam_mailbox_top_depth{class="session",mailbox="bob"}',
  'mailbeam_mailbox_top_drain_seconds{class="session",mailbox="bob"}',
  'mailbeam_mailboxes{class="session",from="100"}',
  'mailbeam_mailbox_received_total{class="session"}',
  'mailbeam_mailbox_handled_total{class="session"}',
  'mailbeam_mailbox_oldest_seconds{class="session"}',
  'mailbeam_pending_messages',
  'mailbeam_pending_bytes',
  'mailbeam_writes_elided_total',
  'mailbeam_accepted_total',
  'mailbeam_settled_total{outcome="delivered"}',
  'mailbeam_settled_total{outcome="failed"}',
  'mailbeam_ledger_imbalance',
  'mailbeam_accept_seconds_bucket{le="+Inf"}',
  'mailbeam_accept_seconds_sum',
  'mailbeam_accept_seconds_count',
  'mailbeam_deliver_seconds_bucket{le="+Inf"}',
  'mailbeam_deliver_seconds_count',
  'mailbeam_connections',
  'mailbeam_rejected_total{code="unknown_recipient"}',
  'mailbeam_actor_restarts_total{behaviour="crashing",version="1.0.0"}',
  'mailbeam_run_queue',
  'mailbeam_loop_turn_seconds_count',
  'mailbeam_loop_held_seconds_count',
  'mailbeam_commit_seconds_count',
  'mailbeam_commit_size_count',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'nodejs_heap_used_bytes',
  'nodejs_gc_duration_seconds_count',
];

const DEEP = 120;
let router: StartedRouter;
let ann: Person;
let bob: Person;
let carl: Person;
const handlers = mkdtempSync(join(tmpdir(), 'mailbeam-metrics-e2e-'));

const crashing = `
  import { defineService } from '@mailbeam/handler';
  export default defineService({
    name: 'crashing',
    version: '1.0.0',
    init: () => null,
    async handleMessage(message) {
      if (message.text() !== 'compute') throw new Error('planted');
      await null;
      const end = performance.now() + 400;
      while (performance.now() < end);
    },
  });
`;

beforeAll(async () => {
  writeFileSync(join(handlers, 'crashing.ts'), crashing);
  router = await StartedRouter.start({ MAILBEAM_CODE_HANDLERS: handlers });
  await router.load('crashing.ts');
  ann = await Person.login(router.port, 'ann');
  bob = await Person.login(router.port, 'bob');
  for (let cid = 1; cid <= DEEP; cid++) ann.send(cid, 'bob');
  await bob.next('deliver', ({ seq }) => seq === 20);
  bob.ack(20);
  await ann.accepted(DEEP);
  await bob.next('deliver', ({ seq }) => seq === DEEP);
  ann.send(DEEP + 1, '$nobody');
  await ann.next('rejected');
  carl = await Person.login(router.port, 'carl');
  carl.send(1, '$crashing');
  await carl.next('receipt', ({ kind, code }) => kind === 3 && code === 'undeliverable');
}, 60_000);

afterAll(async () => {
  ann?.end();
  bob?.end();
  carl?.end();
  await router?.dispose();
  rmSync(handlers, { recursive: true });
});

const scrape = (accept: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${router.adminPort}/metrics`, { headers: { accept } });

const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';

/** Values by series. */
async function series(accept = 'text/plain'): Promise<Map<string, string>> {
  const lines = (await (await scrape(accept)).text()).split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
}

describe('GET /metrics', () => {
  test('answers without a token, text or OpenMetrics as asked', async () => {
    const text = await scrape('text/plain');
    expect([text.status, text.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const open = await scrape(OPEN_METRICS);
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await open.text()).toMatch(/\n# EOF\n$/);
  });

  test('knows what was accepted and what waits, and where', async () => {
    const waits = `${DEEP - 20}`;
    expect(Object.fromEntries(await series())).toMatchObject({
      mailbeam_accepted_total: `${DEEP + 1}`,
      'mailbeam_settled_total{outcome="delivered"}': '20',
      'mailbeam_settled_total{outcome="failed"}': '1',
      mailbeam_ledger_imbalance: '0',
      mailbeam_pending_messages: waits,
      'mailbeam_mailbox_depth_messages{class="session"}': waits,
      'mailbeam_mailbox_received_total{class="session"}': `${DEEP}`,
      'mailbeam_mailbox_handled_total{class="session"}': '20',
      'mailbeam_mailbox_top_depth{class="session",mailbox="bob"}': waits,
      mailbeam_connections: '3',
      'mailbeam_rejected_total{code="unknown_recipient"}': '1',
    });
  });

  test.each([
    ['Prometheus text', 'text/plain'],
    ['OpenMetrics', OPEN_METRICS],
  ])('has every series that is promised, as %s', async (_format, accept) => {
    const there = await series(accept);
    expect(promised.filter((name) => !there.has(name))).toEqual([]);
  });

  test('says the same in both formats', async () => {
    const [text, open] = [await series(), await series(OPEN_METRICS)];
    expect([...open.keys()]).toEqual([...text.keys()]);
  });

  test('has each message once in the histograms of its ACCEPTED and its hand-out, and commits and turns as they were', async () => {
    const there = await series();
    const of = (name: string): number => Number(there.get(`mailbeam_${name}`));
    // one more was accepted for a service, whose hand-out is to an actor
    expect([of('accept_seconds_count'), of('deliver_seconds_count')]).toEqual([DEEP + 1, DEEP + 1]);
    for (const name of ['accept_seconds', 'deliver_seconds']) {
      expect(of(`${name}_bucket{le="+Inf"}`)).toBe(DEEP + 1);
      expect(of(`${name}_sum`) / (DEEP + 1)).toBeLessThan(10);
    }
    // a hand-out in the turn of its SEND takes no time; 100 messages that nobody acks wait for a commit
    expect(of('accept_seconds_sum')).toBeGreaterThan(0);
    expect(of('loop_turn_seconds_count')).toBeGreaterThan(0);
    expect(of('loop_turn_seconds_sum')).toBeGreaterThan(0);
    expect(of('commit_seconds_count')).toBeGreaterThan(0);
    expect(of('commit_seconds_count')).toBe(of('commit_size_count'));
    expect(of('commit_seconds_sum')).toBeGreaterThan(0);
    // those that were acked before their commit are in none
    expect(of('commit_size_sum') + of('writes_elided_total')).toBe(DEEP + 1);
    expect([of('actor_restarts_total{behaviour="crashing",version="1.0.0"}') > 0, of('run_queue')]).toEqual([true, 0]);
  });

  test('says that the event loop was held, also by what a handler does after an await', async () => {
    const long = async (): Promise<number> => {
      const there = await series();
      const of = (le: string): number => Number(there.get(`mailbeam_loop_held_seconds_bucket{le="${le}"}`));
      return of('+Inf') - of('0.25');
    };
    const before = await long();
    carl.send(2, '$crashing', 'compute');
    await carl.next('receipt', ({ kind, cid }) => kind === 1 && cid === 2);
    const end = performance.now() + 10_000;
    while ((await long()) === before && performance.now() < end);
    expect(await long()).toBe(before + 1);
  });

  testWithPromtool('passes promtool check metrics', async () => {
    const input = await (await scrape('text/plain')).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});
