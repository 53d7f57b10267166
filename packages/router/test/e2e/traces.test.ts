import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { TracesView } from '../../src/traces/tracing.js';
import { Collector } from './collector.js';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

jest.setTimeout(120_000);

let router: StartedRouter | undefined;
let collector: Collector | undefined;
afterEach(async () => {
  collector?.close();
  collector = undefined;
  await router?.dispose();
  router = undefined;
});

const BODY = 'the-body-of-a-message';
const names = ['anna-maria-of-the-north', 'benedict-of-the-south', 'nobody-is-there-yet'] as const;

const echo = `
import { defineService } from '@mailbeam/handler';
export default defineService({
  name: 'echo',
  version: '3.2.1',
  init: () => undefined,
  handleMessage: (message, _state, ctx) => {
    ctx.reply(message, message.body);
  },
});
`;

test('each message of a share of 1 comes to the collector as a tree, without bodies, tokens or names', async () => {
  const data = mkdtempSync(join(tmpdir(), 'mailbeam-traces-e2e-'));
  const handlers = join(data, 'handlers');
  mkdirSync(handlers);
  writeFileSync(join(handlers, 'echo.ts'), echo);
  collector = await Collector.listen();
  router = await StartedRouter.start(
    {
      MAILBEAM_TRACES_ENDPOINT: collector.url,
      MAILBEAM_TRACES_SAMPLE: '1',
      MAILBEAM_TRACES_PER_SECOND: '1000',
      MAILBEAM_PRIVACY_CLEAR_NAMES: 'false',
      MAILBEAM_CODE_HANDLERS: handlers,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector',
    },
    data,
  );
  await router.load('echo.ts');
  const [anna, ben] = [await Person.login(router.port, names[0]), await Person.login(router.port, names[1])];
  anna.send(1, names[1], BODY);
  ben.ack((await ben.next('deliver')).seq);
  anna.send(2, names[2], BODY);
  anna.send(3, '$nowhere', BODY);
  anna.send(4, `No Name ${'x'.repeat(5_000)}`, BODY);
  anna.send(5, '$echo', BODY);
  const reply = await anna.next('deliver', ({ from }) => from === '$echo');
  await anna.next('receipt', ({ peer }) => peer === '$echo');
  anna.ack(reply.seq);
  await anna.accepted(5);
  const away = await Person.login(router.port, names[2]);
  away.ack((await away.next('deliver')).seq);
  await anna.next('receipt', ({ peer }) => peer === names[2]);

  /** The trace of a message that a user has sent. */
  const traceOf = (cid: number): string => {
    const id = new RegExp(`^[a-z2-7]{10}/\\d+/${cid}$`);
    return (
      collector!.spans.find(({ attributes }) => id.test(String(attributes['messaging.message.id'])))?.traceId ?? ''
    );
  };
  const receipts = (): number => collector!.spans.filter(({ name }) => name === 'receipt').length;
  await collector.until(() => [1, 2, 3, 4, 5].every((cid) => traceOf(cid) !== '') && receipts() === 4);

  expect(collector.tree(traceOf(1))).toEqual(expect.arrayContaining(['send', '  queue', '  deliver', '  receipt']));
  expect(collector.tree(traceOf(2))).toEqual(['send', '  queue', '  commit', '  deliver', '  receipt']);
  expect(collector.tree(traceOf(3))).toEqual(['send']);
  expect(collector.tree(traceOf(4))).toEqual(['send']);
  expect(collector.tree(traceOf(5))).toEqual(
    expect.arrayContaining([
      'send',
      '  queue',
      '  deliver',
      '    handle',
      '      send',
      '        queue',
      '        deliver',
    ]),
  );
  const handle = collector.spans.find(({ name }) => name === 'handle')!;
  expect(handle.attributes).toMatchObject({ 'mailbeam.behaviour': 'echo', 'mailbeam.version': '3.2.1' });
  for (const { startTimeUnixNano: from, endTimeUnixNano: to } of collector.spans) {
    expect(BigInt(to) >= BigInt(from)).toBe(true);
    expect(Math.abs(Number(BigInt(from) / 1_000_000n) - Date.now())).toBeLessThan(120_000);
  }
  const text = collector.texts.join('\n');
  for (const secret of [BODY, Buffer.from(BODY).toString('base64'), ...names, 'No Name'])
    expect(text).not.toContain(secret);
  expect(new Set(collector.authorizations)).toEqual(new Set(['Bearer of-the-collector']));
  await router.statusWhen(({ store }) => store.quiet);
  expect((await router.ask('GET', '/traces')).body).toMatchObject({
    sample: 1,
    figures: { sampled: 5, limited: 0, open: 0, spans: { failed: 0, dropped: 0 } },
  });
});

test('a collector that never answers changes nothing but a counter, also at the end', async () => {
  collector = await Collector.listen(false);
  router = await StartedRouter.start({
    MAILBEAM_TRACES_ENDPOINT: collector.url,
    MAILBEAM_TRACES_SAMPLE: '0',
    MAILBEAM_TRACES_PER_SECOND: '10000',
    MAILBEAM_TRACES_QUEUE: '50',
    MAILBEAM_TRACES_TIMEOUT_MS: '500',
  });
  const set = await router.ask('PUT', '/traces', { sample: 1, forMs: 600_000 });
  expect(set).toMatchObject({ status: 200, body: { sample: 1, usual: 0, endpoint: `${collector.url}/` } });
  const [anna, ben] = [await Person.login(router.port, 'anna'), await Person.login(router.port, 'ben')];
  for (let cid = 1; cid <= 200; cid++) anna.send(cid, 'ben');
  ben.ack((await ben.next('deliver', ({ cid }) => cid === 200)).seq);
  await anna.accepted(200);
  await anna.next('receipt', ({ cid }) => cid === 200);
  await collector.until(() => collector!.kept > 0);
  // the commit that took them may be under way still
  await router.statusWhen(({ store }) => store.quiet);
  const { body } = await router.ask('GET', '/traces');
  const { sampled, open, spans } = (body as TracesView).figures!;
  expect([sampled, open, spans.exported]).toEqual([200, 0, 0]);
  expect(spans.dropped).toBeGreaterThan(0);
  const from = performance.now();
  router.signal('SIGTERM');
  expect((await router.ended).code).toBe(0);
  expect(performance.now() - from).toBeLessThan(30_000);
});

test('without a collector, to trace is refused with what to do', async () => {
  router = await StartedRouter.start();
  expect(await router.ask('PUT', '/traces', { sample: 1 })).toMatchObject({
    status: 409,
    body: { error: 'no_collector', detail: expect.stringContaining('traces.endpoint') },
  });
  expect(await router.ask('PUT', '/traces', { sample: 2 })).toMatchObject({ status: 400 });
  expect(await router.ask('GET', '/traces')).toMatchObject({ body: { endpoint: '', sample: 0, figures: null } });
});

test('a router that traces nothing has not loaded the packages for it', async () => {
  const look = `
    import { createRequire } from 'node:module';
    await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
    const { cache } = createRequire(import.meta.url);
    console.log(Object.keys(cache).filter((file) => /@opentelemetry.(sdk|exporter|otlp|core|resources)/.test(file)).length);
    process.exit();
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', look]);
  expect(stdout).toBe('0\n');
});
