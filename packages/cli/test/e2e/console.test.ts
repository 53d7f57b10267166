import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Finished } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;
const ask = async (...args: string[]): Promise<Finished> =>
  router.line.mailbeam(['console', ...args, '--admin', router.admin]);

beforeAll(async () => {
  router = await RealRouter.start();
});
afterAll(async () => {
  await router?.dispose();
});

const link = /^http:\/\/127\.0\.0\.1:\d+\/console\/#ticket=[\w-]{32}$/;

test('console prints a link and nothing else on standard output, each time another', async () => {
  const [one, other] = [await ask(), await ask()];
  expect(one).toMatchObject({ code: 0, stderr: 'opens once, within 2 min; whoever opens it may do anything\n' });
  expect(one.stdout.trim()).toMatch(link);
  expect(one.stdout).not.toBe(other.stdout);
});

test('console tells scripts when the link is worth nothing any more', async () => {
  const { url, expiresAt } = JSON.parse((await ask('--json')).stdout) as { url: string; expiresAt: number };
  expect(url).toMatch(link);
  expect(expiresAt - Date.now()).toBeGreaterThan(60_000);
});

test('console is for those who have the token', async () => {
  expect(await ask('--admin-token', 'wrong')).toMatchObject({ code: 5, stdout: '' });
});
