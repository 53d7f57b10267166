import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { open } from 'lmdb';
import { checkStore, openLmdbStore, tryStore } from '../src/index.js';
import type { Batch, LmdbStore } from '../src/index.js';
import { END, message, sender } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

let dir: string;
beforeEach(() => {
  dir = temporaryDirectory();
});
afterEach(() => removeDirectory(dir));

async function commit(store: LmdbStore, record: (batch: Batch) => void): Promise<void> {
  const batch = store.begin();
  record(batch);
  await store.commit(batch);
}

/** A closed store with two messages in a run, one with a ttl, and a client. */
async function makeStore(): Promise<void> {
  const store = await openLmdbStore(dir);
  await commit(store, (batch) => {
    batch.append('bob', message(1));
    batch.append('bob', message(2, { expiresAt: 5_000 }));
    batch.putSender('ann', 'phone', sender(2));
    batch.setLedger({ accepted: 2, delivered: 0, failed: 0 });
  });
  await store.close();
}

/** Changes the first row of a table on disk, behind the store's back. */
async function damage(table: string, change: (value: Buffer) => Buffer | undefined): Promise<void> {
  const env = open<Buffer, Buffer>(dir, { encoding: 'binary', maxDbs: 32 });
  const rows = env.openDB<Buffer, Buffer>(table, { encoding: 'binary', keyEncoding: 'binary' });
  for (const { key, value } of [...rows.getRange({ limit: 1 })]) {
    const changed = change(Buffer.from(value));
    await (changed === undefined ? rows.remove(key) : rows.put(key, changed));
  }
  await env.close();
}

const flipLastByte = (value: Buffer): Buffer => {
  value[value.length - 1] = (value[value.length - 1] as number) ^ 1;
  return value;
};

test('checkStore finds a sound store clean and counts what is in it', async () => {
  await makeStore();
  const report = await checkStore(dir);
  expect(report).toMatchObject({
    clean: true,
    problems: [],
    receipts: 0,
    clients: 1,
    closedInGoodOrder: true,
    logBlocks: 0,
  });
  expect(report.pending.messages).toBe(2);
});

test.each(['runs', 'meta'])('a flipped bit in a row of %s keeps the store from opening', async (table) => {
  await makeStore();
  await damage(table, flipLastByte);
  await expect(openLmdbStore(dir)).rejects.toMatchObject({ code: 'store_corrupt', scope: 'node' });
});

test.each([
  ['runs', 'the checksum of row 0 of run 1 does not fit'],
  ['senders', 'of the table senders does not fit'],
  ['users', 'of the table users does not fit'],
  ['expiry', 'of the table expiry does not fit'],
])('checkStore finds a flipped bit in a row of %s', async (table, problem) => {
  await makeStore();
  await damage(table, flipLastByte);
  expect((await checkStore(dir)).problems.join('; ')).toContain(problem);
});

test('a flipped bit in a row that is read while the store is open is an error with its key, never another answer', async () => {
  await makeStore();
  await damage('senders', flipLastByte);
  const store = await openLmdbStore(dir);
  expect(() => store.sender('ann', 'phone')).toThrow(
    /the data on disk is damaged: the checksum of row [0-9a-f]{16} of the table senders does not fit; .*mailbeam store salvage/,
  );
  await damage('runs', (row) => {
    row[100] = (row[100] as number) ^ 1;
    return row;
  });
  expect(() => store.read('bob', 0, END, 10, 1e6)).toThrow(/the checksum of row 0 of run 1 does not fit/);
  await store.close();
});

test.each(['runs', 'senders', 'users', 'expiry', 'meta'])(
  'a trial finds a flipped bit in a row of %s',
  async (table) => {
    await makeStore();
    await tryStore(dir);
    await damage(table, flipLastByte);
    await expect(tryStore(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
  },
);

test('a trial of a directory that holds nothing finds nothing wrong, and makes nothing', async () => {
  await tryStore(dir);
  expect(readdirSync(dir)).toEqual([]);
});

test('a row that is missing keeps the store from opening, and checkStore finds it', async () => {
  await makeStore();
  await damage('runs', () => undefined);
  await expect(openLmdbStore(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
  const { problems } = await checkStore(dir);
  expect(problems[0]).toMatch(/the runs hold 0 messages of 0 bytes, the header says 2 of/);
  expect(problems[1]).toMatch(/0 messages wait, the ledger says 2 - 0 - 0 = 2/);
});

test('a ttl that nobody watches and an origin that nobody knows are found', async () => {
  await makeStore();
  await damage('expiry', () => undefined);
  await damage('users', () => undefined);
  expect((await checkStore(dir)).problems).toEqual([
    'a message in row 0 of run 1 has a ttl that nobody watches',
    'a client has origin 2, its user only knows 0',
  ]);
});

test('a header that is gone is no new store while there is data', async () => {
  await makeStore();
  await damage('meta', () => undefined);
  await expect(openLmdbStore(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
  await expect(checkStore(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
});

test('a directory without a store is not checked, and none is made there', async () => {
  await expect(checkStore(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
  expect(readdirSync(dir)).toEqual([]);
});

test('a directory may have a dot in its name', async () => {
  const dotted = join(dir, 'data.v1');
  const store = await openLmdbStore(dotted);
  await store.close();
  expect(readdirSync(dotted)).toContain('data.mdb');
});

test('a damaged log block keeps the store from opening', async () => {
  const store = await openLmdbStore(dir);
  await commit(store, (batch) => batch.append('bob', message(1)));
  await damage('log', flipLastByte);
  expect((await checkStore(dir)).problems[0]).toContain('the checksum of log block 0 does not fit');
  await expect(openLmdbStore(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
  await store.close();
});

test('a ledger that does not balance is found', async () => {
  const store = await openLmdbStore(dir);
  await commit(store, (batch) => {
    batch.append('bob', message(1));
    batch.setLedger({ accepted: 3, delivered: 1, failed: 0 });
  });
  await store.close();
  expect((await checkStore(dir)).problems).toEqual(['1 messages wait, the ledger says 3 - 1 - 0 = 2']);
});

test('nothing that was erased is on disk when the store is quiet', async () => {
  const store = await openLmdbStore(dir);
  await commit(store, (batch) => {
    batch.append('bob', message(1, { body: 'a secret in a run' }));
    batch.append('bob', message(2, { body: 'a message that stays' }));
  });
  // A first erasure moves what is there into a run.
  await commit(store, (batch) => batch.erase('nobody', 1));
  await store.settle();
  await commit(store, (batch) => {
    batch.append('bob', message(3, { body: 'a secret in the log' }));
    batch.erase('bob', 3);
    batch.eraseUpTo('bob', 1);
  });
  await store.settle();
  expect(store.read('bob', 0, END, 10, 1e6).map((m) => m.key)).toEqual([2]);
  await store.close();
  const env = open<Buffer, Buffer>(dir, { encoding: 'binary', maxDbs: 32 });
  const values = ['log', 'runs'].flatMap((name) =>
    Array.from(
      env.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' }).getRange({}),
      ({ value }) => value.toString('latin1'),
    ),
  );
  await env.close();
  expect(values.join()).toContain('a message that stays');
  expect(values.join()).not.toContain('secret');
});
