import { expect, test } from '@jest/globals';
import { MemoryStore } from '../src/memory-store.js';
import { END, describeMailboxStore, message } from './mailbox-store.contract.js';

describeMailboxStore('MemoryStore', {
  open: () => Promise.resolve(new MemoryStore({ auto: true })),
  reopen: async (store) => {
    await store.close();
    return (store as MemoryStore).crash();
  },
  dispose: (store) => store.close(),
});

const appended = (store: MemoryStore, key: number): Promise<void> => {
  const batch = store.begin();
  batch.append('bob', message(key));
  return store.commit(batch);
};
const keys = (store: MemoryStore): number[] => store.read('bob', 0, END, 100, 1e9).map((m) => m.key);

test('a commit of a MemoryStore waits for its flush', async () => {
  const store = new MemoryStore();
  const first = appended(store, 1);
  const second = appended(store, 2);
  expect(store.unflushed).toBe(2);
  expect(keys(store)).toEqual([]);
  expect(store.flushNext()).toBe(true);
  await first;
  expect(keys(store)).toEqual([1]);
  expect(store.flushAll()).toBe(1);
  await second;
  expect(store.flushNext()).toBe(false);
});

test('a crash of a MemoryStore leaves what was flushed', () => {
  const store = new MemoryStore();
  void appended(store, 1);
  store.flushAll();
  void appended(store, 2);
  const after = store.crash();
  expect(keys(after)).toEqual([1]);
  expect(after.openings[0]).toBe(2);
});

test('a failed commit of a MemoryStore leaves nothing and may be repeated', async () => {
  const store = new MemoryStore({ auto: true });
  store.failNextCommit();
  const batch = store.begin();
  batch.append('bob', message(1));
  await expect(store.commit(batch)).rejects.toMatchObject({ code: 'commit_failed', retryable: true });
  expect(keys(store)).toEqual([]);
  await store.commit(batch);
  expect(keys(store)).toEqual([1]);
});
