import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@mailbeam/store';
import type { MicroTask } from './micro-task.js';

const MESSAGES = 1000;
const USERS = 2000;
const OPENING = 2 ** 33;

/** One commit of 1,000 messages to disk; everything is acked in the commit after it, so the store does not grow. */
export async function storeTasks(): Promise<MicroTask[]> {
  const dir = mkdtempSync(join(process.env['BENCH_DATA_ROOT'] ?? tmpdir(), 'mailbeam-micro-'));
  const store = await openLmdbStore(dir);
  const bytes = Buffer.alloc(100, 0x61);
  let key = OPENING;
  const users = Array.from({ length: USERS }, (_, i) => `user${i}`);
  let acked = 0;
  const commit = async (): Promise<void> => {
    const batch = store.begin();
    for (let i = 0; i < MESSAGES; i++) {
      key++;
      const message = { key, from: 'alice', origin: 1, cid: key - OPENING, ts: 1_760_000_000_000, expiresAt: 0 };
      batch.append(users[key % USERS]!, { ...message, bytes, bodyStart: 0, bodyEnd: bytes.length });
    }
    for (let i = 0; i < MESSAGES && acked < key - MESSAGES; i++) {
      acked = acked === 0 ? OPENING + 1 : acked + 1;
      batch.eraseUpTo(users[acked % USERS]!, acked);
    }
    await store.commit(batch);
  };
  return [
    {
      name: 'store: append, commit, flush, erase (a message of a batch of 1,000)',
      perRun: MESSAGES,
      run: commit,
      dispose: async () => {
        await store.close();
        rmSync(dir, { recursive: true, force: true });
      },
    },
  ];
}
