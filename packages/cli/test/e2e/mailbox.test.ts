import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Finished } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;

beforeAll(async () => {
  router = await RealRouter.start();
  for (const [from, text] of [
    ['alice', 'a secret'],
    ['carol', 'more'],
    ['alice', 'last'],
  ] as const)
    expect((await router.send(from, 'bob', text)).code).toBe(0);
}, 60_000);

afterAll(async () => {
  await router?.dispose();
});

const mailbox = (...args: readonly string[]): Promise<Finished> =>
  router.line.mailbeam(['mailbox', ...args, '--admin', router.admin]);

test('show lists headers, never bodies, and a dry run what a purge would end', async () => {
  const shown = await mailbox('show', 'bob');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(
    /^bob: 3 messages wait \(16 bytes\), 0 in flight\n( +20\S+Z +(alice|carol) .*bytes\n){3}$/,
  );
  expect(shown.stdout).not.toContain('secret');
  const old = await mailbox('show', 'bob', '--older', '7d', '--json');
  expect(JSON.parse(old.stdout)).toEqual({ user: 'bob', messages: [], matching: 0, bytes: 0 });
  const dry = await mailbox('purge', 'bob', '--from', 'alice', '--dry-run');
  expect(dry).toMatchObject({ code: 0, stdout: 'bob: 2 messages (12 bytes) would be purged\n' });
});

test('purge ends what was chosen, and its sender is told', async () => {
  expect((await mailbox('purge', 'bob', '--older', 'soon')).code).toBe(2);
  expect((await mailbox('purge', 'bob', '--older', '1d')).stdout).toBe('bob: 0 messages purged\n');
  expect((await mailbox('purge', 'bob', '--from', 'alice')).stdout).toBe('bob: 2 messages purged\n');
  expect((await router.take('bob', 1))[0]).toMatchObject({ from: 'carol', text: 'more' });
  expect(await router.status()).toMatchObject({
    pendingMessages: 0,
    ledger: { failed: 2, delivered: 1, imbalance: 0 },
  });
});
