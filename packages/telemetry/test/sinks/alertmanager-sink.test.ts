import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Alert } from '../../src/alerts/alert.js';
import type { Delivery } from '../../src/sinks/alert-sink.js';
import type { PostableAlert } from '../../src/sinks/alertmanager-form.js';
import { AlertmanagerSink } from '../../src/sinks/alertmanager-sink.js';
import { event } from '../alerts/sample-alert.js';
import { Awaited } from '../awaited.js';
import { TestClock } from '../test-clock.js';
import { Receiver } from './receiver.js';

describe('alertmanager', () => {
  let receiver: Receiver;
  let clock: TestClock;
  let sink: AlertmanagerSink;
  let deliveries: Awaited<Delivery>;
  let current: Alert[];

  beforeEach(async () => {
    receiver = await Receiver.open();
    clock = new TestClock();
    deliveries = new Awaited();
    current = [];
    sink = new AlertmanagerSink({
      url: `${receiver.url}/`,
      instance: 'router-1',
      headers: { authorization: 'Basic YTpi' },
      externalUrl: 'https://router.example',
      onDelivery: deliveries.put,
      current: () => current,
      clock,
    });
  });

  afterEach(async () => {
    await sink.close();
    await receiver.close();
  });

  /** The alerts of the next request, once its answer has come. */
  async function posted(outcome: Delivery['outcome'] = 'delivered'): Promise<PostableAlert[]> {
    const { path, body } = await receiver.requests.next();
    expect(path).toBe('/api/v2/alerts');
    expect((await deliveries.next()).outcome).toBe(outcome);
    return body as PostableAlert[];
  }

  const brief = (alerts: PostableAlert[]) =>
    alerts.map(
      ({ labels, endsAt }) => `${labels['severity']} ${labels['mailbox']} ${Date.parse(endsAt) > clock.wall() + 1}`,
    );

  test('is sent an alert with labels that do not change, texts, and an end in case nothing follows', async () => {
    sink.tell(event('firing'));
    const { headers, body } = await receiver.requests.next();
    expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Basic YTpi' });
    expect(body).toEqual([
      {
        labels: {
          alertname: 'consumer_stuck',
          severity: 'critical',
          job: 'mailbeam',
          instance: 'router-1',
          class: 'session',
          mailbox: '3kq9x0r2ab',
        },
        annotations: {
          summary: 'critical: consumer_stuck: session 3kq9x0r2ab',
          description: expect.stringContaining('depth     41,250') as unknown,
          look: 'mailbeam inspect 3kq9x0r2ab',
          runbook: 'docs/operations.md#consumer_stuck',
        },
        startsAt: '2026-11-21T09:00:00.000Z',
        endsAt: '2026-11-21T00:04:00.000Z',
        generatorURL: 'https://router.example',
      },
    ]);
  });

  test('is sent it again while it fires, and its end when it is over', async () => {
    sink.tell(event('firing'));
    await posted();
    for (let i = 0; i < 3; i++) {
      clock.advance(60_000);
      expect(brief(await posted())).toEqual(['critical 3kq9x0r2ab true']);
    }
    sink.tell(event('resolved', { at: clock.wall() }));
    expect(brief(await posted())).toEqual(['critical 3kq9x0r2ab false']);
    clock.advance(600_000);
    expect(receiver.requests.isEmpty).toBe(true);
  });

  test('is sent it again with the figures of now, under the labels and since the time that it knows', async () => {
    sink.tell(event('firing'));
    const [first] = await posted();
    const { alert } = event('firing');
    current = [
      { ...alert, since: alert.since + 5, at: alert.at + 60_000, figures: { ...alert.figures!, depth: 99_000 } },
      { ...alert, id: 'other' },
    ];
    clock.advance(60_000);
    const again = await posted();
    expect(again).toHaveLength(1);
    expect(again[0]!.annotations['description']).toMatch(/^depth +99,000,/m);
    expect([again[0]!.labels, again[0]!.startsAt]).toEqual([first!.labels, first!.startsAt]);
    current = [{ ...alert, severity: 'warning' }];
    clock.advance(60_000);
    expect((await posted())[0]!.annotations['summary']).toBe(first!.annotations['summary']);
  });

  test('is told the end of the one and the begin of the other when the severity changes', async () => {
    sink.tell(event('firing', { severity: 'warning' }));
    await posted();
    sink.tell(event('firing', { at: clock.wall() }));
    expect(brief(await posted())).toEqual(['warning 3kq9x0r2ab false', 'critical 3kq9x0r2ab true']);
    sink.tell(event('silenced', { at: clock.wall() }));
    expect(brief(await posted())).toEqual(['critical 3kq9x0r2ab false']);
  });

  test('hears of everything when it was away, after waits that double up to a minute', async () => {
    receiver.answers.push(503, 0, 500, 429, 500, 500, 500, 500);
    sink.tell(event('firing'));
    await posted('retry');
    sink.tell(event('firing', { id: 'x', name: 'x' }));
    sink.tell(event('resolved', { at: clock.wall() }));
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      waits.push(clock.waits[0]!);
      clock.advance(clock.waits[0]!);
      expect(brief(await posted(i < 7 ? 'retry' : 'delivered'))).toEqual([
        'critical 3kq9x0r2ab false',
        'critical x true',
      ]);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000));
  });

  test('is not asked again with what it refuses before it is time to send again', async () => {
    receiver.answers.push(400);
    sink.tell(event('firing'));
    await posted('dropped');
    expect(clock.waits).toEqual([60_000]);
  });

  test('that does not answer is given up after the time-out, and asked again', async () => {
    receiver.answers.push(-1);
    sink.tell(event('firing'));
    await receiver.requests.next();
    clock.advance(10_000);
    expect(await deliveries.next()).toMatchObject({ outcome: 'retry', reason: 'no answer within 10000 ms' });
    clock.advance(1_000);
    await posted();
  });

  test('gets many in requests of 500', async () => {
    sink.tell(event('firing'));
    for (let i = 0; i < 1_200; i++) sink.tell(event('firing', { id: `m${i}`, name: `m${i}` }));
    expect([await posted(), await posted(), await posted(), await posted()].map(({ length }) => length)).toEqual([
      1, 500, 500, 200,
    ]);
  });

  test('closing gives up the request under way', async () => {
    receiver.answers.push(-1);
    sink.tell(event('firing'));
    await receiver.requests.next();
    await sink.close();
    expect(clock.waits).toEqual([]);
  });
});

test.each(['alertmanager:9093', 'ftp://x/', ''])('%p is refused as an address', (url) => {
  expect(() => new AlertmanagerSink({ url, instance: 'x' })).toThrow(expect.objectContaining({ code: 'bad_option' }));
});
