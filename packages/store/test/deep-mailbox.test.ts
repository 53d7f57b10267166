import { expect, test } from '@jest/globals';
import { openLmdbStore } from '../src/index.js';
import type { Batch, LmdbStore } from '../src/index.js';
import { END, message } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

test('the count of a deep mailbox follows every message that comes and goes', async () => {
  const dir = temporaryDirectory();
  const store: LmdbStore = await openLmdbStore(dir, { checkpointRecords: 700, mergeRuns: 2, eraseDelayMs: 5 });
  const commit = async (record: (batch: Batch) => void): Promise<void> => {
    const batch = store.begin();
    record(batch);
    await store.commit(batch);
  };
  const expectExact = (): void => {
    const found = store.read('deep', 0, END, 1e6, 1e9);
    const exact = { messages: found.length, bytes: found.reduce((sum, m) => sum + m.bodyEnd - m.bodyStart, 0) };
    expect(store.count('deep')).toEqual(exact);
    expect(store.countAtMost('deep').messages).toBeGreaterThanOrEqual(exact.messages);
    expect(store.countAtMost('deep').bytes).toBeGreaterThanOrEqual(exact.bytes);
    expect(store.pending.messages).toBe(exact.messages + store.count('other').messages);
  };
  let key = 0;
  const fill = (count: number) => (batch: Batch) => {
    for (let i = 0; i < count; i++) {
      key += 1;
      batch.append('deep', message(key));
      if (i % 10 === 0) batch.append('other', message(key));
    }
  };
  await commit(fill(2_500));
  expectExact();
  for (let round = 1; round <= 12; round++) {
    await commit(fill(300));
    expectExact();
    await commit((batch) => batch.eraseUpTo('deep', round * 150));
    expectExact();
    await commit((batch) => {
      batch.erase('deep', round * 150 + 50);
      batch.erase('deep', key - 7);
      batch.erase('deep', 1);
      batch.eraseUpTo('other', round * 100);
    });
    expectExact();
    if (round % 4 === 0) await store.settle();
    expectExact();
  }
  await commit((batch) => batch.eraseUpTo('deep', key));
  expect(store.count('deep')).toEqual({ messages: 0, bytes: 0 });
  await store.close();
  removeDirectory(dir);
});
