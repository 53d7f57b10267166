/** An interceptor of a running router that takes too long: who is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';
import { WebHook } from './web-hook.js';

const handlers = mkdtempSync(join(tmpdir(), 'mailbeam-interceptor-e2e-'));
let hook: WebHook;
let router: StartedRouter;
let ann: Person;

beforeAll(async () => {
  hook = await WebHook.open();
  router = await StartedRouter.start({
    MAILBEAM_CODE_HANDLERS: handlers,
    MAILBEAM_INTERCEPTORS_OVERRUN_MS: '1',
    MAILBEAM_INTERCEPTORS_OVERRUNS: '3',
    MAILBEAM_ALERTS_WEBHOOK: hook.url,
  });
  ann = await Person.login(router.port, 'ann');
}, 60_000);

afterAll(async () => {
  ann?.end();
  await router?.dispose();
  await hook?.close();
  rmSync(handlers, { recursive: true });
});

async function load(version: string, intercept: string): Promise<void> {
  const source = `
    import { defineInterceptor } from '@mailbeam/handler';
    export default defineInterceptor({
      name: 'filter',
      version: '${version}',
      whenOff: 'reject',
      intercept() { ${intercept} },
    });
  `;
  writeFileSync(join(handlers, 'filter.ts'), source);
  await router.load('filter.ts');
}

const switchedOff = async (): Promise<string[]> => {
  const text = await (await fetch(`http://127.0.0.1:${router.adminPort}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith('mailbeam_interceptor_switched_off{'));
};

test('an interceptor that is switched off fires an alert until another version takes its place', async () => {
  await load('1.0.0', 'const end = performance.now() + 5; while (performance.now() < end);');
  for (let cid = 1; cid <= 4; cid++) ann.send(cid, 'bob');
  expect(await ann.next('rejected')).toMatchObject({ cid: 4, code: 'unavailable' });
  expect(await switchedOff()).toEqual([
    'mailbeam_interceptor_switched_off{interceptor="filter",version="1.0.0",messages="rejected"} 1',
  ]);
  const [told] = ((await hook.next()) as { alerts: { labels: object; annotations: Record<string, string> }[] }).alerts;
  expect(told!.labels).toMatchObject({
    ...{ alertname: 'interceptor_off', severity: 'critical', behaviour: 'filter', version: '1.0.0' },
  });
  const { summary, description, look, runbook } = told!.annotations;
  expect(summary).toBe('critical: interceptor_off: interceptor filter 1.0.0');
  expect(description).toMatch(/^doing +switched off after 3 verdicts that took too long: messages are rejected$/m);
  expect(description).toMatch(/^last load filter 1\.0\.0, .* ago$/m);
  expect([look, runbook]).toEqual(['mailbeam versions filter', 'docs/operations.md#interceptor_off']);

  await load('2.0.0', '');
  expect(await hook.next()).toMatchObject({ status: 'resolved', groupLabels: { alertname: 'interceptor_off' } });
  expect(await switchedOff()).toEqual([]);
  ann.send(5, 'bob');
  await ann.accepted(5);
}, 60_000);
