import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { flushNames, makeDurably } from '../src/durable-directory.js';
import { openLmdbStore } from '../src/lmdb-store.js';
import { restoreStore } from '../src/restore.js';
import { flushedWhile } from './flushed-names.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

let dir: string;
beforeEach(() => void (dir = temporaryDirectory()));
afterEach(() => removeDirectory(dir));

test('a directory is made with those above it, and may be there already', async () => {
  const deep = join(dir, 'a/b/c');
  await makeDurably(deep);
  await makeDurably(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});

test('the name of each directory that was made is flushed, the deepest first, and then nothing more is', async () => {
  const deep = join(dir, 'a/b');
  expect(await flushedWhile(() => makeDurably(deep))).toEqual([join(dir, 'a'), dir]);
  expect(await flushedWhile(() => makeDurably(deep))).toEqual([]);
});

test.each([
  ['a file', 'file', 'EEXIST'],
  ['below a file', 'file/a', 'ENOTDIR'],
  ['a link to nothing', 'link', 'EEXIST'],
  ['below a link to nothing', 'link/a', 'ENOENT|EEXIST'],
])('where there is %s none is made, and that is an error', async (_, name, code) => {
  writeFileSync(join(dir, 'file'), '');
  symlinkSync(join(dir, 'unmounted'), join(dir, 'link'));
  await expect(makeDurably(join(dir, name))).rejects.toMatchObject({ code: expect.stringMatching(code) });
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a file system that takes no new names is an error, and does not hold the process', async () => {
  await expect(makeDurably('/proc/mailbeam')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a store, a backup and what was restored from it have their directories’ names on disk', async () => {
  const flushed = await flushedWhile(async () => {
    const store = await openLmdbStore(join(dir, 'a/data'));
    await store.backup(join(dir, 'b/backup'));
    await store.close();
    await restoreStore(join(dir, 'b/backup'), join(dir, 'c/data'));
  });
  for (const name of ['a', 'b', 'c']) expect(flushed).toEqual(expect.arrayContaining([join(dir, name)]));
  expect(flushed.filter((name) => name === dir)).toHaveLength(3);
});

test('the names of a directory that is not there cannot be flushed', async () => {
  await expect(flushNames(join(dir, 'nowhere'))).rejects.toThrow('ENOENT');
});
