import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import { prefersOpenMetrics } from '../../src/metrics/accept.js';
import { FixedHistogram } from '../../src/metrics/fixed-histogram.js';
import type { Telemetry } from '../../src/telemetry.js';
import { busyTelemetry, telemetry } from './telemetry-fixture.js';

const promtool = spawnSync('promtool', ['--version']).error === undefined;
if (!promtool) console.log('notice: no promtool here, its tests are skipped');
const testWithPromtool = promtool ? test : test.skip;

let open: Telemetry | undefined;
afterEach(() => open?.close());

const opened = (t: Telemetry): Telemetry => (open = t);
const scrape = async (t: Telemetry, accept?: string): Promise<string> => (await t.scrape(accept)).text;
const OPEN = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';

/** Lines of one metric. */
const of = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe('a scrape', () => {
  test('has sums by class, and the deepest mailboxes under their pseudonyms', async () => {
    const text = await scrape(opened(busyTelemetry()));
    const bob = open!.names.of('bob');
    expect(of(text, 'mailbeam_mailbox_depth_messages')).toEqual([
      'mailbeam_mailbox_depth_messages{class="session"} 500',
      'mailbeam_mailbox_depth_messages{class="away"} 295',
      'mailbeam_mailbox_depth_messages{class="service"} 4810',
      'mailbeam_mailbox_depth_messages{class="group"} 0',
      'mailbeam_mailbox_depth_messages{class="system"} 0',
    ]);
    expect(of(text, 'mailbeam_mailbox_top_depth')).toContain(
      `mailbeam_mailbox_top_depth{class="session",mailbox="${bob}"} 500`,
    );
    expect(of(text, 'mailbeam_mailbox_top_drain_seconds')).toEqual([
      `mailbeam_mailbox_top_drain_seconds{class="session",mailbox="${bob}"} +Inf`,
      expect.stringMatching(/class="service",mailbox="\$bank"\} (?:4|5)\d\.\d+$/),
    ]);
    expect(of(text, 'mailbeam_mailboxes')).toContain('mailbeam_mailboxes{class="session",from="300"} 1');
    expect(text).not.toContain('bob');
  });

  test('has the ledger, refusals, restarts and deliveries', async () => {
    const text = await scrape(opened(busyTelemetry()));
    for (const line of [
      'mailbeam_pending_messages 42',
      'mailbeam_accepted_total 1000',
      'mailbeam_settled_total{outcome="delivered"} 950',
      'mailbeam_settled_total{outcome="failed"} 8',
      'mailbeam_writes_elided_total 900',
      'mailbeam_ledger_imbalance 0',
      'mailbeam_connections 17',
      'mailbeam_rejected_total{code="mailbox_full"} 3',
      'mailbeam_actor_restarts_total{behaviour="echo",version="7"} 1',
      'mailbeam_interceptor_switched_off{interceptor="filter",version="2",messages="rejected"} 1',
      'mailbeam_alert_deliveries_total{sink="webhook",outcome="delivered"} 1',
      'mailbeam_alerts{rule="consumer_stuck",severity="critical"} 0',
      'mailbeam_mailbox_dropped_total{class="away"} 5',
      'mailbeam_accept_seconds_bucket{le="0.0005"} 1',
      'mailbeam_accept_seconds_bucket{le="0.005"} 3',
      'mailbeam_accept_seconds_bucket{le="60"} 4',
      'mailbeam_accept_seconds_bucket{le="+Inf"} 5',
      'mailbeam_accept_seconds_count 5',
      'mailbeam_commit_size_sum 192',
    ])
      expect(text.split('\n')).toContain(line);
  });

  test('shows names as they are, quoted, when it is told to', async () => {
    const text = await scrape(opened(busyTelemetry({ clearNames: true })));
    expect(text).toContain('mailbox="bob"');
    expect(text).toContain('mailbox="cid \\"the\\\\quiet\\""');
  });

  test('has no series of mailboxes below the floor, nor more than asked for', async () => {
    const t = opened(telemetry({ top: 3 }));
    for (let i = 0; i < 10; i++) {
      const box = { name: `m${i}`, slot: 0 };
      t.statistics.open(box, 'session');
      t.statistics.arrived(box.slot, 'ann', 98 + i);
    }
    t.tick(2_000, 0);
    const depths = of(await scrape(t), 'mailbeam_mailbox_top_depth').map((line) => line.split(' ')[1]);
    expect(depths).toEqual(['107', '106', '105']);
  });

  test('does not grow, and counters do not count twice, from one to the next', async () => {
    const t = opened(busyTelemetry());
    const [first, , second] = [await scrape(t), await scrape(t, OPEN), await scrape(t)];
    const still = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('mailbeam'));
    expect(still(second)).toEqual(still(first));
  });

  testWithPromtool('passes promtool check metrics', async () => {
    const text = await scrape(opened(busyTelemetry()));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  test('is OpenMetrics for those who would rather have that', async () => {
    const { text, contentType } = await opened(busyTelemetry()).scrape(OPEN);
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const lines = text.split('\n');
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    expect(lines).toContain('# TYPE mailbeam_accepted counter');
    expect(lines).toContain('mailbeam_accepted_total 1000');
    expect(lines).toContain('mailbeam_commit_size_bucket{le="64"} 3');
    expect(lines.filter((line) => line === '')).toEqual(['']);
    expect((await open!.scrape(undefined)).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});

test.each([
  [undefined, false],
  ['*/*', false],
  ['text/plain', false],
  ['application/openmetrics-text', true],
  ['application/openmetrics-text;version=0.0.1', false],
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    true,
  ],
  ['text/plain;q=0.9, application/openmetrics-text;version=1.0.0;q=0.5', false],
  ['application/openmetrics-text;q=0', false],
  ['application/openmetrics-text;q=x,text/plain', false],
])('Accept: %s asks for OpenMetrics: %p', (accept, prefers) => {
  expect(prefersOpenMetrics(accept)).toBe(prefers);
});

test('a histogram counts a value at a bound as below it', () => {
  const histogram = new FixedHistogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value);
  expect([[...histogram.counts], histogram.sum, histogram.count]).toEqual([[2, 2, 1], 7.5, 5]);
});
