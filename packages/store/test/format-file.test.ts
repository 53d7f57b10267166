import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkStore, migrateStore, openLmdbStore } from '../src/index.js';
import { END, message } from './mailbox-store.contract.js';
import { changeHeader } from './stored-header.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = temporaryDirectory();
  file = join(dir, 'FORMAT');
  const store = await openLmdbStore(dir);
  const batch = store.begin();
  batch.append('bob', message(1));
  batch.useOrigin('ann', 7);
  await store.commit(batch);
  await store.close();
});
afterEach(() => removeDirectory(dir));

const format = (): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
const rewrite = (change: Record<string, unknown>): void =>
  writeFileSync(file, JSON.stringify({ ...format(), ...change }));

/** A store as version 1 wrote it: without id, floor and FORMAT. */
async function makeVersion1(): Promise<void> {
  rmSync(file);
  await changeHeader(dir, ({ id: _, originFloor: __, ...header }) => ({ ...header, version: 1 }));
}

test('a new store says beside its data file what it is', () => {
  expect(format()).toEqual({
    format: 'mailbeam-store',
    version: 2,
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

test.each([
  ['missing', () => rmSync(join(dir, 'data.mdb'))],
  ['empty', () => truncateSync(join(dir, 'data.mdb'))],
])('where a store was and its data file is %s, none is made', async (_, lose) => {
  lose();
  await expect(openLmdbStore(dir)).rejects.toMatchObject({
    code: 'store_missing',
    message: expect.stringMatching(/FORMAT speaks of store .*mailbeam store restore.*remove the file FORMAT/),
  });
  await expect(checkStore(dir)).rejects.toMatchObject({ code: expect.stringMatching(/store_missing|store_corrupt/) });
  expect(existsSync(join(dir, 'owner'))).toBe(false);
});

test('a data file without anything in it is no store', async () => {
  const other = temporaryDirectory();
  await (await openLmdbStore(other)).close();
  writeFileSync(join(other, 'FORMAT'), readFileSync(file));
  await changeHeader(other, () => undefined);
  await expect(openLmdbStore(other)).rejects.toMatchObject({ code: 'store_missing' });
  removeDirectory(other);
});

test('the data file of another store is not taken', async () => {
  rewrite({ id: '0123456789abcdef' });
  await expect(openLmdbStore(dir)).rejects.toMatchObject({
    code: 'store_corrupt',
    message: expect.stringContaining('FORMAT speaks of store 0123456789abcdef'),
  });
});

test('a store of a newer version is left alone', async () => {
  rewrite({ version: 3 });
  await expect(openLmdbStore(dir)).rejects.toMatchObject({ code: 'format_unknown' });
  rewrite({ version: 2 });
  await changeHeader(dir, (header) => ({ ...header, version: 3 }));
  await expect(openLmdbStore(dir)).rejects.toMatchObject({ code: 'format_unknown' });
  await expect(migrateStore(dir)).rejects.toMatchObject({ code: 'format_unknown' });
});

test.each([
  ['a newer version', { version: 3 }, 'format_unknown'],
  ['another format', { format: 'other' }, 'format_unknown'],
  ['another store', { id: '0123456789abcdef' }, 'store_corrupt'],
])('`mailbeam store migrate` leaves FORMAT alone where it speaks of %s', async (_, change, code) => {
  rewrite(change);
  const before = format();
  await expect(migrateStore(dir)).rejects.toMatchObject({ code });
  expect(format()).toEqual(before);
  expect(existsSync(join(dir, 'owner'))).toBe(false);
});

test('where there is no store none is migrated', async () => {
  rmSync(file);
  truncateSync(join(dir, 'data.mdb'));
  await expect(migrateStore(dir)).rejects.toMatchObject({ code: 'store_missing' });
});

test('a FORMAT that is cut off is damage', async () => {
  writeFileSync(file, '{"format":"mail');
  await expect(openLmdbStore(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
});

test('a store of version 1 is opened after `mailbeam store migrate`, and everything is there', async () => {
  await makeVersion1();
  await expect(openLmdbStore(dir)).rejects.toMatchObject({
    code: 'format_old',
    message: expect.stringContaining('`mailbeam store migrate`'),
  });
  expect(await migrateStore(dir)).toEqual({ from: 1, to: 2 });
  expect(await migrateStore(dir)).toEqual({ from: 2, to: 2 });
  expect((await checkStore(dir)).problems).toEqual([]);
  const store = await openLmdbStore(dir);
  expect(store.read('bob', 0, END, 10, 1e6).map((m) => m.key)).toEqual([1]);
  expect(store.highestOrigin('ann')).toBe(7);
  await store.close();
});

test('a FORMAT that a crash kept from being written is written at the next opening', async () => {
  const before = format();
  rmSync(file);
  await (await openLmdbStore(dir)).close();
  expect(format()).toEqual(before);
});

test('a directory without FORMAT and without data is a new store', async () => {
  rmSync(file);
  rmSync(join(dir, 'data.mdb'));
  rmSync(join(dir, 'lock.mdb'));
  const store = await openLmdbStore(dir);
  expect(store.pending.messages).toBe(0);
  await store.close();
});
