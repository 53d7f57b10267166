/** One recipient stops acking while two hundred write to it: who is told, and what. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { defaultRules } from '@mailbeam/telemetry';
import { hasMonitoring, Monitoring } from './monitoring.js';
import type { ArrivedAlert } from './monitoring.js';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

jest.setTimeout(180_000);
if (!hasMonitoring) console.log('notice: no Prometheus or no Alertmanager here, the test with them is skipped');
const testWithThem = hasMonitoring ? test : test.skip;

const SENDERS = 200;
const BEAT_MS = 200;
/** What is over is told after so long, by either; 30 s where nobody says otherwise. */
const CLEAR_SECONDS = 5;
let monitoring: Monitoring | undefined;
let router: StartedRouter | undefined;
const people: Person[] = [];
let load: NodeJS.Timeout | undefined;

beforeAll(async () => {
  if (!hasMonitoring) return;
  monitoring = await Monitoring.start();
  const rules = defaultRules.map((rule) => ({ ...rule, clearForSeconds: CLEAR_SECONDS }));
  router = await StartedRouter.start({
    MAILBEAM_ALERTS_ALERTMANAGER: monitoring.alertmanagerUrl,
    MAILBEAM_ALERTS_RULES: JSON.stringify(rules),
  });
  await monitoring.watch(router.adminPort, CLEAR_SECONDS);
});

afterAll(async () => {
  clearInterval(load);
  for (const person of people) person.end();
  await router?.dispose();
  await monitoring?.stop();
});

testWithThem(
  'both the router and Prometheus tell Alertmanager, and that it is over when the recipient is back',
  async () => {
    const { port } = router!;
    const bob = await Person.login(port, 'bob', 4_096);
    people.push(bob);
    for (let i = 0; i < SENDERS; i++) people.push(await Person.login(port, `sender-${i}`));
    let beat = 0;
    let isBack = false;
    // a tenth of them in each beat: a hundred messages a second
    load = setInterval(() => {
      beat++;
      for (let i = 1 + (beat % 10); i <= SENDERS; i += 10) people[i]!.send(Math.ceil(beat / 10), 'bob');
      const last = bob.of('deliver').at(-1);
      if (isBack && last !== undefined) bob.ack(last.seq);
    }, BEAT_MS);

    const of = (status: ArrivedAlert['status'], name: string) => (alert: ArrivedAlert) =>
      alert.status === status && alert.labels['alertname'] === name && alert.labels['mailbox'] === 'bob';
    const [own, prometheus] = await Promise.all([
      monitoring!.arrival(of('firing', 'consumer_stuck')),
      monitoring!.arrival(of('firing', 'MailbeamConsumerStuck')),
    ]);
    expect(own.labels).toMatchObject({ job: 'mailbeam', class: 'session', severity: 'warning' });
    expect(own.annotations['description']).toMatch(/^doing +not acking: [\d,]+ in flight$/m);
    expect(own.annotations['description']).toMatch(/^filled by sender-\d+ /m);
    expect(own.annotations['look']).toBe('mailbeam inspect bob');
    expect(prometheus.labels).toMatchObject({ job: 'mailbeam', class: 'session', severity: 'warning' });

    isBack = true;
    await Promise.all([
      monitoring!.arrival(of('resolved', 'consumer_stuck')),
      monitoring!.arrival(of('resolved', 'MailbeamConsumerStuck')),
    ]);
  },
);
