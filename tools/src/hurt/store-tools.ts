import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkStore, compactStore, migrateStore, salvageStore } from '@mailbeam/store';
import { crashSnapshots } from './crash-snapshots.js';
import { must } from './expecting.js';
import { bodyOf, everythingIn, makeStore, makeVersion1, openSmall, turnOver } from './kept-store.js';
import type { Kept } from './kept-store.js';

/** A tool for the store, used as an operator does, below an empty directory. Each throws what was not so. */
export type StoreTool = (parent: string) => Promise<void>;

/** Backups that are made while the store is written. */
const BACKUPS = 6;

/** A compaction keeps everything, wherever it is killed. */
export const compact: StoreTool = async (parent) => {
  const dir = join(parent, 'data');
  await makeStore(dir);
  const before = await everythingIn(dir);
  const crashes = await crashSnapshots(dir, parent, () => compactStore(dir));
  await keepsAll(dir, before, 'after a compaction');
  for (const crash of crashes) await keepsAll(crash.dir, before, `after a crash of a compaction (${crash.step})`);
};

/** A migration keeps everything; one that was killed leaves what starts, or can be migrated. */
export const migrate: StoreTool = async (parent) => {
  const dir = join(parent, 'data');
  await makeStore(dir);
  const before = await everythingIn(dir);
  await makeVersion1(dir);
  const crashes = await crashSnapshots(dir, parent, () => migrateStore(dir));
  await keepsAll(dir, before, 'after a migration');
  for (const crash of crashes) {
    const what = `after a crash of a migration (${crash.step})`;
    await whole(what, () => migrateStore(crash.dir));
    await keepsAll(crash.dir, before, what);
  }
};

/** A backup is the store at one moment, also while it is written, with all that was committed before. */
export const backup: StoreTool = async (parent) => {
  const store = await openSmall(join(parent, 'data'));
  let committed = 0;
  let isWriting = true;
  const writer = (async () => {
    while (isWriting) await turnOver(store, committed++);
  })();
  try {
    for (let n = 0; n < BACKUPS; n++) {
      const copy = join(parent, `copy-${n}`);
      const before = Math.max(0, committed - 1);
      await store.backup(copy);
      const { problems } = await whole('of a backup', () => checkStore(copy));
      must(problems.length === 0, `a backup is the store at one moment: ${problems.join('; ')}`);
      const counts = (await whole('of a backup', () => everythingIn(copy))).map(({ messages }) => messages.length);
      const [first = 0] = counts;
      must(
        counts.every((count) => count === first),
        `a backup is the store at one moment: ${counts.join(', ')}`,
      );
      must(first >= before, `a backup has what was committed before: ${first} of ${before}`);
    }
  } finally {
    isWriting = false;
    await writer;
    await store.close();
  }
};

/** A salvage takes over whatever is readable, and nothing that has changed. */
export const salvage: StoreTool = async (parent) => {
  const [from, to] = [join(parent, 'data'), join(parent, 'new')];
  const left = join(parent, 'left');
  mkdirSync(left);
  // as it lies on the disk while it is open, with a log
  await makeStore(from, () => {
    for (const name of ['data.mdb', 'FORMAT']) copyFileSync(join(from, name), join(left, name));
  });
  const before = await everythingIn(from);
  changeByte(join(left, 'data.mdb'), bodyOf(5));
  const { losses, unread } = await salvageStore(left, to);
  const after = new Map((await everythingIn(to)).flatMap(({ messages }) => messages.map((m) => [m.key, m.body])));
  for (const [key, body] of after) must(body === bodyOf(key), `a salvage takes over nothing that has changed: ${body}`);
  const told = new Set(unread.map(({ cid }) => cid));
  const missing = before.flatMap(({ messages }) => messages).filter(({ key }) => !after.has(key));
  const untold = missing.filter(({ cid }) => !told.has(cid)).map(({ key }) => key);
  must(untold.length === 0, `a salvage takes over all that is readable: not ${untold.join(', ')}`);
  must(losses > 0 && !after.has(5) && told.has(5), 'a salvage names what it could not read');
};

async function keepsAll(dir: string, before: readonly Kept[], when: string): Promise<void> {
  const after = await whole(when, () => everythingIn(dir));
  for (const [i, kept] of before.entries())
    must(JSON.stringify(after[i]) === JSON.stringify(kept), `${when} everything is there, also of ${kept.user}`);
}

/** What the store refuses is what was not so. */
async function whole<T>(when: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new Error(`not so: ${when} the store is whole: ${(cause as Error).message}`, { cause });
  }
}

/** Changes a byte in the midst of that text, wherever it stands. */
function changeByte(file: string, text: string): void {
  const bytes = readFileSync(file);
  let places = 0;
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1), places++)
    bytes.writeUInt8(bytes.readUInt8(at + 2) ^ 1, at + 2);
  must(places > 0, `the message is in ${file}`);
  writeFileSync(file, bytes);
}
