import { open, truncate } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;
const at = (name: string): string => path.join(router.line.directory, name);

beforeEach(async () => {
  router = await RealRouter.start();
  for (const text of ['one', 'two']) expect((await router.send('alice', 'bob', text)).code).toBe(0);
  await router.stop();
});

afterEach(async () => {
  await router.dispose();
});

test('what is salvaged of a damaged store is delivered by a router that starts on it, and what was lost is listed', async () => {
  const file = await open(at('data/data.mdb'), 'r+');
  const bytes = await file.readFile();
  for (let where = bytes.indexOf('{"origin"'); where !== -1; where = bytes.indexOf('{"origin"', where + 1))
    await file.write(Buffer.from('#'), 0, 1, where);
  await file.close();
  const salvaged = await router.line.mailbeam(['store', 'salvage', 'data', 'fresh']);
  expect(salvaged.code).toBe(9);
  expect(salvaged.stdout).toMatch(/fresh: 2 messages wait .* 0 clients\n/);
  expect(salvaged.stdout).toMatch(/the checksum of row [0-9a-f]{16} of the table senders does not fit/);
  await router.startAgain(['--data', 'fresh']).shows('stdout', /"ready":true/);
  expect((await router.take('bob', 2)).map(({ text }) => text)).toEqual(['one', 'two']);
});

test('whose message was in a row that is damaged is listed by sender, recipient and number', async () => {
  const file = await open(at('data/data.mdb'), 'r+');
  const bytes = await file.readFile();
  for (let where = bytes.indexOf('two'); where !== -1; where = bytes.indexOf('two', where + 1))
    await file.write(Buffer.from('#'), 0, 1, where);
  await file.close();
  const salvaged = await router.line.mailbeam(['store', 'salvage', 'data', 'fresh']);
  expect(salvaged).toMatchObject({ code: 9, stderr: '' });
  expect(salvaged.stdout).toMatch(
    /their senders are not told; .* these were\n {2}from alice to bob: (?:\d+\/\d+(?:, )?)+\n/,
  );
});

test('a sound store is taken over whole; a file that leads nowhere is said to be damaged', async () => {
  const whole = await router.line.mailbeam(['store', 'salvage', 'data', 'fresh', '--json']);
  expect(whole.code).toBe(0);
  expect(JSON.parse(whole.stdout)).toMatchObject({
    pending: { messages: 2 },
    clients: 1,
    missing: 0,
    losses: 0,
    problems: [],
  });
  await truncate(at('data/data.mdb'), 8_192);
  const nothing = await router.line.mailbeam(['store', 'salvage', 'data', 'other']);
  expect(nothing.code).toBe(9);
  expect(nothing.stderr).toMatch(/neither of the two pages .*\(store_corrupt\)/);
});
