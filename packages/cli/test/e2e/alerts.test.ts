import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Finished } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

const rules = [
  {
    name: 'deep',
    summary: 'A hundred wait.',
    classes: ['away'],
    warning: { depth: 100 },
    forSeconds: 0,
    clearForSeconds: 0,
  },
];
let router: RealRouter;

const ask = async (...args: string[]): Promise<Finished> => router.line.mailbeam([...args, '--admin', router.admin]);

beforeAll(async () => {
  router = await RealRouter.start({ MAILBEAM_ALERTS_RULES: JSON.stringify(rules) });
});

afterAll(async () => {
  await router?.dispose();
});

describe('alerts', () => {
  test('of a router that is well say that nothing fires', async () => {
    expect(await ask('alerts')).toMatchObject({ code: 0, stdout: 'nothing fires\n' });
    expect(JSON.parse((await ask('alerts', '--json')).stdout)).toEqual({ worst: 'ok', alerts: [], silences: [] });
  });

  test('are shown while they fire, and told with --follow when they begin and when they are over', async () => {
    const following = router.line.run(['alerts', '--follow', '--admin', router.admin]);
    const asJson = router.line.run(['alerts', '--follow', '--json', '--admin', router.admin]);
    const text = Array.from({ length: 120 }, (_, i) => `hello ${i}\n`).join('');
    const chat = await router.line.mailbeam(['chat', '--as', 'anna', '--to', 'ben', '--url', router.url], text);
    expect(chat.code).toBe(0);
    await following.shows('stdout', /^warning: deep: away ben\n {2}A hundred wait\.\n/m);
    expect((await ask('alerts')).stdout).toMatch(/^ {2}look +mailbeam inspect ben$/m);
    expect((await ask('top')).stdout).toMatch(/^ {2}ben +away +120 .* away$/m);
    await router.take('ben', 120);
    await following.shows('stdout', /^resolved: deep: away ben$/m);
    await asJson.shows('stdout', /"type":"resolved"/);
    for (const { process } of [following, asJson]) process.kill('SIGINT');
    expect([(await following.finished).code, (await asJson.finished).code]).toEqual([0, 0]);
    const told = asJson.stdout.trim().split('\n');
    expect(told.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['firing', 'resolved']);
  });

  test('are told with --follow also when the node has been started again in the meantime', async () => {
    const following = router.line.run(['alerts', '--follow', '--json', '--admin', router.admin]);
    const text = Array.from({ length: 120 }, (_, i) => `hello ${i}\n`).join('');
    const fill = (user: string): Promise<Finished> =>
      router.line.mailbeam(['chat', '--as', 'anna', '--to', user, '--url', router.url], text);
    await fill('cleo');
    await following.shows('stdout', /"type":"firing".*"name":"cleo"/);
    process.kill(await router.nodePid(), 'SIGKILL');
    await following.shows('stderr', /has gone; trying again\n/);
    await fill('dora');
    await following.shows('stdout', /"type":"firing".*"name":"dora"/);
    expect(following.stderr).toMatch(/answers again\n$/);
    following.process.kill('SIGINT');
    expect((await following.finished).code).toBe(0);
  });
});

describe('top', () => {
  test('has sums, also for scripts, and refuses an order that is none', async () => {
    expect((await ask('top')).stdout).toMatch(/^ {2}all mailboxes +all +\d+ /m);
    expect(JSON.parse((await ask('top', '--once', '--json')).stdout)).toMatchObject({ worstAlert: expect.any(String) });
    expect(await ask('top', '--sort', 'size')).toMatchObject({ code: 2, stderr: /order is depth, growth/ });
  });
});
