import { openLmdbStore } from '../src/index.js';
import type { LmdbStore } from '../src/index.js';
import { describeMailboxStore } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const directories = new WeakMap<object, string>();

async function openIn(dir: string): Promise<LmdbStore> {
  const store = await openLmdbStore(dir, { checkpointRecords: 256, eraseDelayMs: 5, stepDelayMs: 0 });
  directories.set(store, dir);
  return store;
}

const directoryOf = (store: object): string => directories.get(store) as string;

describeMailboxStore('LmdbStore', {
  open: () => openIn(temporaryDirectory()),
  reopen: async (store) => {
    await store.close();
    return openIn(directoryOf(store));
  },
  dispose: async (store) => {
    await store.close();
    removeDirectory(directoryOf(store));
  },
});
