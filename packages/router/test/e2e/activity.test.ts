import { afterEach, expect, jest, test } from '@jest/globals';
import type { ActivityView } from '../../src/admin/activity-routes.js';
import { Person } from './person.js';
import { StartedRouter } from './start-router.js';

jest.setTimeout(60_000);

let router: StartedRouter | undefined;
afterEach(async () => {
  await router?.dispose();
  router = undefined;
});

test('the admin port gives the last seconds, and they add up to what was sent', async () => {
  router = await StartedRouter.start();
  const path = '/activity?seconds=60&columns=router.accepted,away.depth';
  const anna = await Person.login(router.port, 'anna');
  for (let cid = 1; cid <= 200; cid++) anna.write((w) => w.send(cid, 'ben', new Uint8Array(10)));
  await anna.accepted(200);
  let view: ActivityView;
  do view = (await router.ask('GET', path)).body as ActivityView;
  while (view.rows?.at(-1)?.values[1] !== 200);
  expect(view.columns).toEqual([
    { name: 'router.accepted', unit: '/s' },
    { name: 'away.depth', unit: '' },
  ]);
  const sent = view.rows.reduce((sum, { at, values }, i) => {
    const seconds = i === 0 ? 0 : (at - view.rows[i - 1]!.at) / 1_000;
    return sum + (values[0] ?? 0) * seconds;
  }, 0);
  // times are whole ms here, the rates are not
  expect(Math.abs(sent / 200 - 1)).toBeLessThan(0.05);
});

test.each([
  ['seconds=0&columns=cpu.user', 'seconds'],
  ['seconds=60', 'columns'],
  ['columns=cpu.user,cpu.moon', 'cpu.moon'],
])('%s is refused by name', async (query, name) => {
  router = await StartedRouter.start();
  let answer: Awaited<ReturnType<StartedRouter['ask']>>;
  do answer = await router.ask('GET', `/activity?${query}`);
  while (answer.status === 404); // it begins a moment after the node
  expect(answer).toMatchObject({ status: 400, body: { error: 'bad_option', detail: expect.stringContaining(name) } });
});

test('where nothing is recorded it says so', async () => {
  router = await StartedRouter.start({ MAILBEAM_TELEMETRY_RECORDED_HOURS: '0' });
  const answer = await router.ask('GET', '/activity?columns=cpu.user');
  expect(answer).toMatchObject({ status: 404, body: { error: 'not_recorded' } });
});
