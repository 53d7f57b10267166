import { mkdir, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;

beforeEach(async () => {
  router = await RealRouter.start();
  await router.send('alice', 'bob', 'a body to look for in the file');
});

afterEach(async () => {
  await router.dispose();
});

test('reads a copy beside a running router, removes it, and finds nothing wrong, nor after it', async () => {
  await mkdir(path.join(router.line.directory, 'data/check.tmp.1'));
  const beside = await router.line.mailbeam(['store', 'check', '--admin', router.admin, '--json']);
  expect(beside.code).toBe(0);
  expect(JSON.parse(beside.stdout)).toMatchObject({ clean: true, pending: { messages: 1 }, closedInGoodOrder: false });
  const left = await readdir(path.join(router.line.directory, 'data'));
  expect(left.filter((name) => name.includes('tmp'))).toEqual([]);
  await router.stop();
  const after = await router.line.mailbeam(['store', 'check']);
  expect(after.code).toBe(0);
  expect(after.stdout).toMatch(/everything agrees\n +1 messages wait .*closed in good order/s);
});

test('exits with 9 and says what it is when a byte of a message has changed', async () => {
  await router.stop();
  const file = await open(path.join(router.line.directory, 'data/data.mdb'), 'r+');
  const bytes = await file.readFile();
  let damaged = 0;
  for (let at = bytes.indexOf('a body to look for'); at !== -1; at = bytes.indexOf('a body to look for', at + 1)) {
    await file.write(Buffer.from('A'), 0, 1, at);
    damaged += 1;
  }
  await file.close();
  expect(damaged).toBeGreaterThan(0);
  const checked = await router.line.mailbeam(['store', 'check']);
  expect(checked.code).toBe(9);
  expect(checked.stdout).toMatch(/problems found: [1-9]/);
});

test('exits with 9 when the file is so damaged that reading it ends a process', async () => {
  await router.stop();
  const file = await open(path.join(router.line.directory, 'data/data.mdb'), 'r+');
  await file.truncate(8_192);
  await file.close();
  const checked = await router.line.mailbeam(['store', 'check']);
  expect([1, 9]).toContain(checked.code);
  expect(checked.stderr).toMatch(/\S/);
});

test('exits with 1 where there is no store', async () => {
  const checked = await router.line.mailbeam(['store', 'check', '--data', 'nowhere']);
  expect(checked.code).toBe(1);
  expect(checked.stderr).toMatch(/there is no store in .*nowhere/);
});
