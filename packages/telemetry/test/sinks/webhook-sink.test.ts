import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../src/sinks/alert-sink.js';
import { WebhookSink } from '../../src/sinks/webhook-sink.js';
import { event } from '../alerts/sample-alert.js';
import { Awaited } from '../awaited.js';
import { TestClock } from '../test-clock.js';
import { Receiver } from './receiver.js';

interface Payload {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Record<string, string>; readonly fingerprint: string }[];
}

describe('a webhook', () => {
  let receiver: Receiver;
  let clock: TestClock;
  let sink: WebhookSink;
  let deliveries: Awaited<Delivery>;

  beforeEach(async () => {
    receiver = await Receiver.open();
    clock = new TestClock();
    deliveries = new Awaited();
    const url = `${receiver.url}/hook?x=1`;
    sink = new WebhookSink({ url, instance: 'router-1', maxQueue: 5, onDelivery: deliveries.put, clock });
  });

  afterEach(async () => {
    await sink.close();
    await receiver.close();
  });

  const received = async (): Promise<Payload> => (await receiver.requests.next()).body as Payload;

  test("gets Alertmanager's payload, version 4", async () => {
    sink.tell(event('firing'));
    const { path, body } = await receiver.requests.next();
    const labels = {
      alertname: 'consumer_stuck',
      severity: 'critical',
      job: 'mailbeam',
      instance: 'router-1',
      class: 'session',
      mailbox: '3kq9x0r2ab',
    };
    const annotations = {
      summary: 'critical: consumer_stuck: session 3kq9x0r2ab',
      description: expect.stringContaining('filled by $news 75 %') as unknown,
      look: 'mailbeam inspect 3kq9x0r2ab',
      runbook: 'docs/operations.md#consumer_stuck',
    };
    expect(path).toBe('/hook?x=1');
    expect(body).toEqual({
      version: '4',
      groupKey: '{}:{alertname="consumer_stuck"}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'mailbeam',
      groupLabels: { alertname: 'consumer_stuck' },
      commonLabels: labels,
      commonAnnotations: annotations,
      externalURL: '',
      alerts: [
        {
          status: 'firing',
          labels,
          annotations,
          startsAt: '2026-11-21T09:00:00.000Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: '',
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
        },
      ],
    });
  });

  test('gets the end with the same fingerprint, also when it is silenced', async () => {
    sink.tell(event('firing'));
    sink.tell(event('resolved'));
    sink.tell(event('silenced'));
    const all = [await received(), await received(), await received()];
    expect(all.map(({ status }) => status)).toEqual(['firing', 'resolved', 'resolved']);
    expect(new Set(all.map(({ alerts }) => alerts[0]!.fingerprint)).size).toBe(1);
  });

  test('gets the end of the one and the begin of the other when the severity changes', async () => {
    sink.tell(event('firing', { severity: 'warning' }));
    const warning = (await received()).alerts[0]!.fingerprint;
    sink.tell(event('firing'));
    const changed = await received();
    expect(changed).toMatchObject({
      status: 'firing',
      alerts: [
        { status: 'resolved', fingerprint: warning, endsAt: '2026-11-21T09:03:20.000Z' },
        { status: 'firing', labels: { severity: 'critical' } },
      ],
    });
    const { commonLabels } = changed as unknown as { commonLabels: object };
    expect(Object.keys(commonLabels)).toEqual(['alertname', 'job', 'instance', 'class', 'mailbox']);
    sink.tell(event('firing'));
    expect((await received()).alerts).toHaveLength(1);
    sink.tell(event('resolved'));
    const { alerts } = await received();
    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual([changed.alerts[1]!.fingerprint]);
  });

  test('gets all in order when it was away', async () => {
    receiver.answers.push(500, 0);
    const names = ['a', 'b', 'c'];
    for (const name of names) sink.tell(event('firing', { name, id: name }));
    const got: string[] = [];
    for (const outcome of ['retry', 'retry', 'delivered', 'delivered', 'delivered']) {
      got.push((await received()).alerts[0]!.labels['mailbox']!);
      expect((await deliveries.next()).outcome).toBe(outcome);
      if (outcome === 'retry') clock.advance(clock.waits[0]!);
    }
    expect(got).toEqual(['a', 'a', 'a', 'b', 'c']);
  });

  test('is not tried again with what it refuses', async () => {
    receiver.answers.push(404);
    sink.tell(event('firing', { name: 'a' }));
    sink.tell(event('firing', { name: 'b' }));
    await received();
    expect(await deliveries.next()).toEqual({ sink: 'webhook', outcome: 'dropped', alerts: 1, reason: 'status 404' });
    expect((await received()).alerts[0]!.labels['mailbox']).toBe('b');
  });

  test('is given up after ten tries', async () => {
    receiver.answers.push(...new Array<number>(10).fill(500));
    sink.tell(event('firing', { name: 'a' }));
    for (let i = 0; i < 9; i++) {
      await received();
      expect((await deliveries.next()).outcome).toBe('retry');
      clock.advance(clock.waits[0]!);
    }
    await received();
    expect((await deliveries.next()).outcome).toBe('dropped');
    sink.tell(event('firing', { name: 'b' }));
    expect((await received()).alerts[0]!.labels['mailbox']).toBe('b');
  });

  test('that is away fills no more than its queue: the oldest go, and it is said', async () => {
    receiver.answers.push(500);
    sink.tell(event('firing', { name: 'a' }));
    await received();
    await deliveries.next();
    for (const name of 'bcdefgh') sink.tell(event('firing', { name }));
    for (let i = 0; i < 3; i++) expect((await deliveries.next()).reason).toBe('the queue is full');
    clock.advance(1_000);
    const got: string[] = [];
    for (let i = 0; i < 5; i++) got.push((await received()).alerts[0]!.labels['mailbox']!);
    expect(got).toEqual(['a', 'e', 'f', 'g', 'h']);
  });
});
