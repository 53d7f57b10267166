import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Disk } from '../src/disk.js';
import { openLmdbStore } from '../src/index.js';
import type { LmdbStore, LmdbStoreOptions } from '../src/index.js';
import { LmdbState } from '../src/lmdb-state.js';
import { message } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const MESSAGES = 30_000;

let dir: string;
beforeEach(() => void (dir = temporaryDirectory()));
afterEach(() => {
  jest.restoreAllMocks();
  removeDirectory(dir);
});

async function filled(options: LmdbStoreOptions = {}): Promise<LmdbStore> {
  const store = await openLmdbStore(dir, { checkpointRecords: 5_000, ...options });
  for (let first = 1; first <= MESSAGES; first += 5_000) {
    const batch = store.begin();
    for (let key = first; key < first + 5_000; key++) batch.append('bob', message(key));
    await store.commit(batch);
  }
  await store.settle();
  return store;
}

test('what one commit erases of a mailbox whose count is kept is counted by the block, not by the message', async () => {
  const store = await filled();
  expect(store.count('bob').messages).toBe(MESSAGES);
  const batch = store.begin();
  for (let key = 1; key <= 4_000; key++) batch.erase('bob', key);
  const rows = jest.spyOn(Disk.prototype, 'readRow');
  await store.commit(batch);
  expect(rows.mock.calls.length).toBeLessThan(400);
  expect(store.count('bob').messages).toBe(MESSAGES - 4_000);
  await store.close();
});

test('a checkpoint counts what was erased of a deep mailbox in parts, and the totals are right between any two of them', async () => {
  const store = await filled({ eraseDelayMs: 1, stepMs: 0.1, stepDelayMs: 1 });
  const countPart = LmdbState.prototype.countPart;
  const rows = jest.spyOn(Disk.prototype, 'readRow');
  const read: number[] = [];
  let over: (() => void) | undefined;
  const isOver = new Promise<void>((resolve) => (over = resolve));
  jest.spyOn(LmdbState.prototype, 'countPart').mockImplementation(function (this: LmdbState, mark) {
    const before = rows.mock.calls.length;
    const isDone = countPart.call(this, mark);
    read.push(rows.mock.calls.length - before);
    if (isDone) over!();
    return isDone;
  });
  const batch = store.begin();
  batch.eraseUpTo('bob', MESSAGES - 100);
  for (let key = MESSAGES - 99; key <= MESSAGES - 50; key++) batch.erase('bob', key);
  await store.commit(batch);
  await isOver;
  expect(read.length).toBeGreaterThan(5);
  expect(Math.max(...read)).toBeLessThan(2 * 64);
  expect(store.pending.messages).toBe(50);
  await store.settle();
  expect(store.pending.messages).toBe(50);
  await store.close();
});

test('who asks for the total while a checkpoint is counting gets it, and nothing is counted twice', async () => {
  const store = await filled({ eraseDelayMs: 1, stepMs: 0.1, stepDelayMs: 1 });
  const parts = jest.spyOn(LmdbState.prototype, 'countPart');
  const batch = store.begin();
  batch.eraseUpTo('bob', MESSAGES - 100);
  await store.commit(batch);
  while (parts.mock.calls.length < 3) await new Promise((resolve) => setImmediate(resolve));
  expect(store.pending.messages).toBe(100);
  await store.settle();
  expect(store.pending.messages).toBe(100);
  await store.close();
});
