/** What a running router posts to a webhook, and what it does when that fails. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';
import { WebHook } from './web-hook.js';

const rules = [
  {
    name: 'deep',
    summary: 'Ten wait.',
    warning: { depth: 10 },
    forSeconds: 0,
    clearForSeconds: 0,
  },
];

let hook: WebHook;
let router: StartedRouter;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  hook = await WebHook.open();
  router = await StartedRouter.start({
    MAILBEAM_ALERTS_RULES: JSON.stringify(rules),
    MAILBEAM_ALERTS_WEBHOOK: `${hook.url}/hook`,
    MAILBEAM_ALERTS_INSTANCE: 'r1',
    MAILBEAM_ALERTS_EXTERNAL_URL: 'http://grafana.example/d/mailbeam',
  });
  ann = await Person.login(router.port, 'ann');
  bob = await Person.login(router.port, 'bob');
}, 60_000);

afterAll(async () => {
  ann?.end();
  bob?.end();
  await router?.dispose();
  await hook?.close();
});

/** The payload of Alertmanager's webhooks, version 4, of one alert. */
function payload(status: 'firing' | 'resolved', title: string): object {
  const labels = {
    alertname: 'deep',
    severity: 'warning',
    job: 'mailbeam',
    instance: 'r1',
    class: 'session',
    mailbox: 'bob',
  };
  const annotations = {
    summary: title,
    description: expect.stringMatching(`^${title}\nTen wait[.]\nsince `),
    look: 'mailbeam inspect bob',
    runbook: 'docs/operations.md#deep',
  };
  const externalURL = 'http://grafana.example/d/mailbeam';
  const time = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return {
    version: '4',
    groupKey: '{}:{alertname="deep"}',
    truncatedAlerts: 0,
    status,
    receiver: 'mailbeam',
    groupLabels: { alertname: 'deep' },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: time,
        endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : time,
        generatorURL: externalURL,
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ],
  };
}

const deliveries = async (): Promise<string[]> => {
  const text = await (await fetch(`http://127.0.0.1:${router.adminPort}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith('mailbeam_alert_deliveries_total{sink="webhook"'));
};

test('a webhook that answers 500 is told again until it takes the alert, then that it is over', async () => {
  hook.answerWith(500, 503);
  for (let cid = 1; cid <= 12; cid++) ann.send(cid, 'bob');
  const tries = [await hook.next(), await hook.next(), await hook.next()];
  expect(tries[0]).toEqual(payload('firing', 'warning: deep: session bob'));
  expect(tries.slice(1)).toEqual([tries[0], tries[0]]);

  await bob.next('deliver', ({ seq }) => seq === 12);
  bob.ack(12);
  const last = await hook.next();
  expect(last).toEqual(payload('resolved', 'resolved: deep: session bob'));
  const fingerprint = (body: unknown): string => (body as { alerts: { fingerprint: string }[] }).alerts[0]!.fingerprint;
  expect(fingerprint(last)).toBe(fingerprint(tries[0]));
  // the first is known to be delivered as the second was not sent before
  expect(await deliveries()).toContain('mailbeam_alert_deliveries_total{sink="webhook",outcome="retry"} 2');
  expect((await deliveries()).join()).toMatch(/outcome="delivered"\} [12]/);
}, 60_000);
