import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { backupStore, checkStore, compactStore, openLmdbStore, restoreStore } from '../src/index.js';
import type { LmdbStore } from '../src/index.js';
import { END, message, sender } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

let parent: string;
let dir: string;
let to: string;
beforeEach(() => {
  parent = temporaryDirectory();
  dir = join(parent, 'data');
  to = join(parent, 'backup');
});
afterEach(() => removeDirectory(parent));

/** Ten messages, nine of an earlier ten acked, and the ledger to it. */
async function turnOver(store: LmdbStore, turn: number): Promise<void> {
  const batch = store.begin();
  const first = turn * 10;
  for (let i = 0; i < 10; i++) batch.append(`user ${i}`, message(first + i, { body: `body ${first + i} `.repeat(20) }));
  if (turn > 3) for (let i = 1; i < 10; i++) batch.eraseUpTo(`user ${i}`, first - 40 + i);
  batch.putSender('ann', 'phone', sender(first + 9));
  batch.setLedger({ accepted: first + 10, delivered: turn > 3 ? (turn - 3) * 9 : 0, failed: 0 });
  await store.commit(batch);
}

const keysOf = (store: LmdbStore, user: string): number[] =>
  store.read(user, -1, END, 100_000, 1e9).map(({ key }) => key);

test.each(['compact.tmp', 'restore.tmp'])(
  'what was left of an ended copy in %s goes at the next opening',
  async (name) => {
    mkdirSync(join(dir, name), { recursive: true });
    writeFileSync(join(dir, name, 'data.mdb'), 'a part of a copy');
    await (await openLmdbStore(dir)).close();
    expect(existsSync(join(dir, name))).toBe(false);
  },
);

describe('a backup of a store that is open', () => {
  test('is the store at one moment, however much is written meanwhile, and what was committed before is in it', async () => {
    const store = await openLmdbStore(dir, { checkpointRecords: 64, mergeRuns: 2, eraseDelayMs: 1, stepDelayMs: 0 });
    let turn = 0;
    let writing = true;
    const writer = (async () => {
      while (writing) await turnOver(store, turn++);
    })();
    for (let n = 0; n < 20; n++) {
      const copy = join(to, String(n));
      const before = turn === 0 ? 0 : (turn - 1) * 10;
      const { bytes } = await store.backup(copy);
      expect(bytes).toBe(statSync(join(copy, 'data.mdb')).size);
      const report = await checkStore(copy);
      expect({ n, problems: report.problems }).toEqual({ n, problems: [] });
      expect(report.ledger.accepted).toBeGreaterThanOrEqual(before);
    }
    writing = false;
    await writer;
    await store.close();
  });

  test('has nothing in it that was erased', async () => {
    const store = await openLmdbStore(dir);
    const batch = store.begin();
    batch.append('bob', message(1, { body: 'a secret' }));
    batch.append('bob', message(2, { body: 'what stays' }));
    await store.commit(batch);
    const erasing = store.begin();
    erasing.erase('bob', 1);
    await store.commit(erasing);
    await store.settle();
    await store.backup(to);
    await store.close();
    const text = readFileSync(join(to, 'data.mdb'), 'latin1');
    expect(text).toContain('what stays');
    expect(text).not.toContain('a secret');
  });

  test('goes into no directory that holds something', async () => {
    const store = await openLmdbStore(dir);
    mkdirSync(to);
    writeFileSync(join(to, 'of somebody'), '');
    await expect(store.backup(to)).rejects.toMatchObject({ code: 'directory_not_empty' });
    await store.close();
    await expect(store.backup(join(to, 'later'))).rejects.toMatchObject({ code: 'store_closed' });
  });
});

describe('a store that is closed', () => {
  beforeEach(async () => {
    const store = await openLmdbStore(dir);
    for (let turn = 0; turn < 200; turn++) await turnOver(store, turn);
    await store.close();
  });

  test('is backed up, lost and restored: everything is there, and no origin that may have been given is given again', async () => {
    await backupStore(dir, to);
    const later = await openLmdbStore(dir);
    const expected = keysOf(later, 'user 0');
    const batch = later.begin();
    batch.useOrigin('ann', 5_000);
    batch.useOrigin('somebody new', 1);
    await later.commit(batch);
    await later.close();

    rmSync(join(dir, 'data.mdb'));
    expect(await restoreStore(to, dir)).toMatchObject({ pending: { messages: 200 * 10 - 196 * 9 } });
    expect((await checkStore(dir)).problems).toEqual([]);
    const store = await openLmdbStore(dir);
    expect(keysOf(store, 'user 0')).toEqual(expected);
    expect(store.sender('ann', 'phone')).toEqual(sender(1_999));
    expect(store.highestOrigin('ann')).toBeGreaterThan(5_000);
    expect(store.highestOrigin('somebody new')).toBeGreaterThan(1);
    await store.close();
    expect(readdirSync(dir).toSorted()).toEqual(['FORMAT', 'data.mdb', 'lock.mdb']);
  });

  test('is not overwritten by a backup', async () => {
    await backupStore(dir, to);
    await expect(restoreStore(to, dir)).rejects.toMatchObject({ code: 'store_exists' });
    expect((await checkStore(dir)).problems).toEqual([]);
  });

  test('is not backed up or compacted while somebody else has it open', async () => {
    const { host, ...mine } = { host: 'elsewhere', pid: 1, since: 'then', start: '1', place: 'elsewhere' };
    writeFileSync(join(dir, 'owner'), JSON.stringify({ host, ...mine }));
    const beat = setInterval(() => writeFileSync(join(dir, 'owner'), JSON.stringify({ host, ...mine })), 5);
    await expect(backupStore(dir, to)).rejects.toMatchObject({ code: 'store_in_use' });
    await expect(compactStore(dir)).rejects.toMatchObject({ code: 'store_in_use' });
    clearInterval(beat);
    expect(existsSync(to)).toBe(false);
  });

  test('a damaged backup is refused, and the directory stays without a store', async () => {
    await backupStore(dir, to);
    const bytes = readFileSync(join(to, 'data.mdb'));
    const at = bytes.indexOf('body 1');
    bytes[at] = 0;
    writeFileSync(join(to, 'data.mdb'), bytes);
    const other = join(parent, 'other');
    await expect(restoreStore(to, other)).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(readdirSync(other)).toEqual([]);
  });

  test('is compacted: the file is smaller, everything is there, and it can be written', async () => {
    const expected = (await checkStore(dir)).pending;
    const { bytesBefore, bytesAfter } = await compactStore(dir);
    expect(bytesAfter).toBeLessThan(bytesBefore);
    expect(statSync(join(dir, 'data.mdb')).size).toBe(bytesAfter);
    expect(await checkStore(dir)).toMatchObject({ problems: [], pending: expected });
    const store = await openLmdbStore(dir);
    await turnOver(store, 200);
    await store.close();
    expect((await checkStore(dir)).problems).toEqual([]);
    expect(readdirSync(dir).toSorted()).toEqual(['FORMAT', 'data.mdb', 'lock.mdb']);
  });
});

test('who restores and compacts a large store hears how much of the copy was read', async () => {
  const [data, copy, restored] = ['data', 'copy', 'restored'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const store = await openLmdbStore(data, { checkpointRecords: 2_000 });
  const body = 'x'.repeat(3_000);
  for (let first = 1; first <= 12_000; first += 2_000) {
    const batch = store.begin();
    for (let key = first; key < first + 2_000; key++) batch.append('bob', message(key, { body }));
    await store.commit(batch);
  }
  await store.settle();
  await store.backup(copy);
  await store.close();
  const told: { rows: number; messages: number }[] = [];
  await restoreStore(copy, restored, (progress) => told.push(progress));
  await compactStore(data, (progress) => told.push(progress));
  expect(told).toEqual([expect.objectContaining({ rows: 10_000 }), expect.objectContaining({ rows: 10_000 })]);
  expect(told.every(({ messages }) => messages > 9_000)).toBe(true);
}, 60_000);

test('bodies are for nobody else on the machine, also below a directory that is', async () => {
  for (const open of [dir, to]) mkdirSync(open, { mode: 0o755 });
  const store = await openLmdbStore(dir);
  await turnOver(store, 0);
  await store.backup(to);
  await store.close();
  const modes = [join(dir, 'data.mdb'), join(dir, 'lock.mdb'), join(to, 'data.mdb')].map((file) => statSync(file).mode);
  expect(modes.map((mode) => mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
});
