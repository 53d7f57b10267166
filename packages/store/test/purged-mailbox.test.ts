import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openLmdbStore } from '../src/index.js';
import { END, message } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const MESSAGES = 300_000;

let dir: string;
beforeEach(() => {
  dir = temporaryDirectory();
});
afterEach(() => removeDirectory(dir));

test.each([false, true])(
  'half of 300,000 messages are erased out of turn in one batch, whether their count was asked for (%s) or not',
  async (isCounted) => {
    let store = await openLmdbStore(dir);
    for (let first = 1; first <= MESSAGES; first += 10_000) {
      const batch = store.begin();
      for (let key = first; key < first + 10_000; key++) batch.append('bob', message(key, { body: '' }));
      await store.commit(batch);
    }
    await store.settle();
    if (isCounted) expect(store.count('bob').messages).toBe(MESSAGES);
    const erasing = store.begin();
    for (let key = 2; key <= MESSAGES; key += 2) erasing.erase('bob', key);
    await store.commit(erasing);
    expect(store.pending.messages).toBe(MESSAGES / 2);
    expect(store.count('bob').messages).toBe(MESSAGES / 2);
    await store.settle();
    expect(store.pending.messages).toBe(MESSAGES / 2);
    await store.close();
    store = await openLmdbStore(dir);
    expect(store.read('bob', 0, END, 3, 1e6).map(({ key }) => key)).toEqual([1, 3, 5]);
    await store.close();
  },
  60_000,
);
