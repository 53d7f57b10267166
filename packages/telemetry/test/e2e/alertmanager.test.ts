import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FixedPort } from '@mailbeam/tools/ports';
import type { Delivery } from '../../src/sinks/alert-sink.js';
import { AlertmanagerSink } from '../../src/sinks/alertmanager-sink.js';
import { webhookPayload } from '../../src/sinks/webhook-sink.js';
import { event } from '../alerts/sample-alert.js';
import { Awaited } from '../awaited.js';
import { Receiver } from '../sinks/receiver.js';

const program = ['prometheus-alertmanager', 'alertmanager'].find(
  (name) => spawnSync(name, ['--version']).error === undefined,
);
if (program === undefined) console.log('notice: no Alertmanager here, its tests are skipped');
const describeWithIt = program === undefined ? describe.skip : describe;

/** Names and types of everything in a document. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, shape(inner)]),
  );
}

describeWithIt('a real Alertmanager', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailbeam-alertmanager-'));
  const deliveries = new Awaited<Delivery>();
  const options = { instance: 'router-1', externalUrl: 'https://router.example' };
  let receiver: Receiver;
  let alertmanager: ChildProcess;
  let sink: AlertmanagerSink;
  let port: FixedPort;
  let url: string;

  beforeAll(async () => {
    receiver = await Receiver.open();
    port = await FixedPort.claim();
    url = `http://127.0.0.1:${port.number}`;
    const config = `route: { receiver: hook, group_by: [alertname], group_wait: 100ms, group_interval: 100ms, repeat_interval: 1h }
receivers: [{ name: hook, webhook_configs: [{ url: '${receiver.url}/hook', send_resolved: true }] }]
`;
    writeFileSync(join(dir, 'config.yml'), config);
    alertmanager = spawn(
      program!,
      [
        `--config.file=${join(dir, 'config.yml')}`,
        `--storage.path=${join(dir, 'data')}`,
        `--web.listen-address=${url.slice('http://'.length)}`,
        '--cluster.listen-address=',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const log = alertmanager.stderr!.setEncoding('utf8');
    await new Promise<void>((resolve, reject) => {
      let text = '';
      log.on('data', (chunk: string) => {
        text += chunk;
        if (text.includes('Listening on')) resolve();
      });
      alertmanager.on('exit', () => reject(new Error(text)));
    });
    sink = new AlertmanagerSink({ ...options, url, onDelivery: deliveries.put });
  }, 60_000);

  afterAll(async () => {
    await sink?.close();
    const ended = new Promise((resolve) => void alertmanager.on('exit', resolve));
    alertmanager.kill('SIGKILL');
    await ended;
    port.release();
    await receiver.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const active = async (): Promise<{ readonly labels: object }[]> =>
    (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as { labels: object }[];

  test('takes what fires and what is over, and tells its webhook in the shape in which ours are told', async () => {
    const now = Date.now();
    const firing = event('firing', { since: now - 20_000, at: now });
    sink.tell(firing);
    expect((await deliveries.next()).outcome).toBe('delivered');
    expect(await active()).toMatchObject([{ labels: { alertname: 'consumer_stuck', mailbox: '3kq9x0r2ab' } }]);
    const told = await receiver.requests.next();
    expect(told.body).toMatchObject({ version: '4', status: 'firing' });
    expect(shape(webhookPayload(firing, { ...options, url }))).toEqual(shape(told.body));

    sink.tell(event('resolved', { since: now - 20_000, at: Date.now() }));
    expect((await deliveries.next()).outcome).toBe('delivered');
    expect((await receiver.requests.next()).body).toMatchObject({ status: 'resolved' });
    expect(await active()).toEqual([]);
  }, 60_000);
});
