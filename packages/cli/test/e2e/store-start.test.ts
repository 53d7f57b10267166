import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Finished } from './command-line.js';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;
const data = (name: string): string => path.join(router.line.directory, 'data', name);

beforeEach(async () => {
  router = await RealRouter.start();
  expect((await router.send('alice', 'bob', 'safe')).code).toBe(0);
});

afterEach(async () => {
  await router.dispose();
});

const startAgain = (): Promise<Finished> =>
  router.line.mailbeam(['start', '--port', '0', '--admin-port', '0', '--json']);

test('a second router on a directory does not start, and names the first', async () => {
  const node = await router.nodePid();
  const second = await startAgain();
  expect(second.code).toBe(6);
  expect(second.stderr).toMatch(
    new RegExp(`process ${node} on ${hostname()} has \\S+ open since 20\\S+; stop it first \\(store_in_use\\)`),
  );
  expect((await router.take('bob', 1))[0]).toMatchObject({ text: 'safe' });
});

test('where the data file is gone no router starts, and the message says what to do', async () => {
  await router.stop();
  await rename(data('data.mdb'), data('elsewhere'));
  const refused = await startAgain();
  expect(refused.code).toBe(6);
  expect(refused.stderr).toMatch(/the store is gone: .*mailbeam store restore.*\(store_missing\)/);
});

test('a store of a newer version keeps the router from starting', async () => {
  await router.stop();
  const format = JSON.parse(await readFile(data('FORMAT'), 'utf8')) as object;
  await writeFile(data('FORMAT'), JSON.stringify({ ...format, version: 99 }));
  const refused = await startAgain();
  expect(refused.code).toBe(6);
  expect(refused.stderr).toMatch(/version 99.*\(format_unknown\)/);
  const migrated = await router.line.mailbeam(['store', 'migrate']);
  expect(migrated).toMatchObject({ code: 1, stderr: expect.stringMatching(/version 99.*\(format_unknown\)/) });
  expect(await readFile(data('FORMAT'), 'utf8')).toContain('99');
});

test('one of an older version is said to need `mailbeam store migrate`, which leaves one alone that is up to date', async () => {
  await router.stop();
  const format = JSON.parse(await readFile(data('FORMAT'), 'utf8')) as object;
  await writeFile(data('FORMAT'), JSON.stringify({ ...format, version: 1 }));
  const refused = await startAgain();
  expect(refused.code).toBe(6);
  expect(refused.stderr).toMatch(/`mailbeam store migrate` .*\(format_old\)/);
  const migrated = await router.line.mailbeam(['store', 'migrate']);
  expect(migrated).toMatchObject({ code: 0, stdout: expect.stringContaining('is of version 2 already') });
  expect((await router.line.mailbeam(['store', 'check'])).code).toBe(0);
});
