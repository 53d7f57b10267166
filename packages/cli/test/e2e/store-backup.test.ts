import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { RealRouter } from './router.js';

jest.setTimeout(60_000);

let router: RealRouter;
const at = (name: string): string => path.join(router.line.directory, name);

beforeEach(async () => {
  router = await RealRouter.start();
  expect((await router.send('alice', 'bob', 'safe')).code).toBe(0);
});

afterEach(async () => {
  await router.dispose();
});

test('a backup of a running router is restored into an empty directory, with everything that was accepted before it', async () => {
  const made = await router.line.mailbeam(['store', 'backup', 'copy', '--admin', router.admin]);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/copy: 1 messages wait, \d+\.\d MB\n/) });
  expect((await router.send('alice', 'bob', 'after the backup')).code).toBe(0);
  await router.stop();
  await rm(at('data/data.mdb'));
  const restored = await router.line.mailbeam(['store', 'restore', 'copy']);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/data: restored; 1 messages wait/) });
  await router.startAgain().shows('stdout', /"ready":true/);
  expect((await router.take('bob', 1))[0]).toMatchObject({ from: 'alice', text: 'safe' });
  expect((await router.send('alice', 'bob', 'after the restore')).code).toBe(0);
  expect((await router.take('bob', 1))[0]).toMatchObject({ text: 'after the restore' });
});

test('a router that is told by its data directory alone is found; its own directory takes no backup', async () => {
  const taken = await router.line.mailbeam(['store', 'backup', 'data', '--admin', router.admin]);
  expect(taken.code).toBe(1);
  expect(taken.stderr).toMatch(/a copy goes into a directory of its own.*\(directory_not_empty\)/);
  await router.stop();
  const made = await router.line.mailbeam(['store', 'backup', 'copy', '--json']);
  expect(JSON.parse(made.stdout)).toMatchObject({ dir: at('copy'), pending: { messages: 1 } });
  expect((await readdir(at('copy'))).toSorted()).toEqual(['FORMAT', 'data.mdb', 'lock.mdb']);
  const refused = await router.line.mailbeam(['store', 'restore', 'copy']);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('move its data.mdb and FORMAT away first'),
  });
});

test('a store is compacted when no router runs, and refused when one does', async () => {
  const beside = await router.line.mailbeam(['store', 'compact']);
  expect(beside).toMatchObject({ code: 1, stderr: expect.stringContaining('(store_in_use)') });
  await router.stop();
  const before = (await stat(at('data/data.mdb'))).size;
  const compacted = await router.line.mailbeam(['store', 'compact', '--json']);
  const { bytesBefore, bytesAfter } = JSON.parse(compacted.stdout) as { bytesBefore: number; bytesAfter: number };
  expect(bytesBefore).toBe(before);
  expect(bytesAfter).toBeLessThan(before);
  await router.startAgain().shows('stdout', /"ready":true/);
  expect((await router.take('bob', 1))[0]).toMatchObject({ text: 'safe' });
});
