import { expect, test } from '@jest/globals';
import { Disk } from '../src/disk.js';
import { openLmdbStore } from '../src/index.js';
import type { LmdbState } from '../src/lmdb-state.js';
import { Merge } from '../src/merge.js';
import { readState } from '../src/open-state.js';
import { resolveOptions } from '../src/options.js';
import { Run } from '../src/run.js';
import { END, message } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const USERS = 40;
const RUNS = 3;

/** A closed store with some runs, in each of which every user has two messages. */
async function makeRuns(dir: string): Promise<void> {
  for (let run = 0; run < RUNS; run++) {
    const store = await openLmdbStore(dir, { mergeRuns: 64 });
    const batch = store.begin();
    for (let i = 0; i < USERS * 2; i++)
      batch.append(`user ${i % USERS}`, message(run * 1_000 + i, { body: 'x'.repeat(150) }));
    await store.commit(batch);
    await store.close();
  }
}

function keysOf(state: LmdbState, user: string): number[] {
  const keys: number[] = [];
  state.eachMessage(user, state.wanted(user, -1, END), (cursor) => keys.push(cursor.key) > 0);
  return keys;
}

test('readers find every message once before, between and after the steps of a merge, and while one is applied', async () => {
  const dir = temporaryDirectory();
  await makeRuns(dir);
  const disk = new Disk(dir);
  const state = readState(disk, resolveOptions({}), 0);
  expect(state.runs).toHaveLength(RUNS);
  const expectEach = (): void => {
    for (let i = 0; i < USERS; i++)
      expect(keysOf(state, `user ${i}`)).toEqual(
        [0, 1, 2].flatMap((run) => [run * 1_000 + i, run * 1_000 + USERS + i]),
      );
  };
  const sources = state.runs;
  const target = new Run(state.nextRun++, USERS * 2 * RUNS);
  state.merge = { target, sources };
  state.runs = [target, ...sources];
  const merge = new Merge(state, state.merge);
  let steps = 0;
  while (!merge.isDone) {
    expectEach();
    disk.startTurn();
    const apply = merge.write(4_096, Infinity);
    await disk.lastWritten;
    // The rows on disk are the new ones, what is known of them is the old.
    expectEach();
    apply();
    steps += 1;
  }
  expectEach();
  expect(steps).toBeGreaterThan(5);
  expect(state.runs).toEqual([target]);
  await disk.close();
  removeDirectory(dir);
});
