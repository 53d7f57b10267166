import { afterEach, expect, jest, test } from '@jest/globals';
import { CommitQueue } from '../src/commit-queue.js';
import type { Disk } from '../src/disk.js';
import type { Header } from '../src/header.js';
import { LmdbBatch } from '../src/lmdb-batch.js';
import { LmdbState } from '../src/lmdb-state.js';
import type { Maintenance } from '../src/maintenance.js';
import { resolveOptions } from '../src/options.js';
import { message } from './mailbox-store.contract.js';

afterEach(() => {
  jest.useRealTimers();
});

const header: Header = {
  format: 'mailbeam-store',
  version: 2,
  id: '0123456789abcdef',
  created: 0,
  seed: [1, 2],
  openings: [],
  originFloor: 0,
  closed: true,
  ledger: { accepted: 0, delivered: 0, failed: 0 },
  messages: 0,
  bodyBytes: 0,
  runs: [],
  merge: null,
  logStart: 0,
};

/** A disk whose transactions the test makes visible and flushes, one promise a turn. */
class ControlledDisk {
  readonly log = 'log';
  readonly flushes: (() => void)[] = [];
  lastWritten: (Promise<boolean> & { flushed: Promise<void> }) | undefined;

  startTurn(): void {
    this.lastWritten = undefined;
  }

  put(): void {
    const flushed = new Promise<void>((resolve) => this.flushes.push(resolve));
    this.lastWritten = Object.assign(Promise.resolve(true), { flushed });
  }
}

function makeQueue(): { disk: ControlledDisk; state: LmdbState; commit: (key: number) => Promise<void> } {
  const disk = new ControlledDisk();
  const state = new LmdbState(disk as unknown as Disk, resolveOptions({ flushTimeoutMs: 1_000 }), header);
  const quiet = { ride: () => undefined, wake: () => undefined } as unknown as Maintenance;
  const queue = new CommitQueue(state, quiet);
  const commit = (key: number): Promise<void> => {
    const batch = new LmdbBatch(state.hash, []);
    batch.append('bob', message(key));
    return queue.commit(batch);
  };
  return { disk, state, commit };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a commit that LMDB shows to readers but has not flushed is neither resolved nor visible', async () => {
  const { disk, state, commit } = makeQueue();
  let isResolved = false;
  const done = commit(1).then(() => (isResolved = true));
  await turn();
  expect([isResolved, state.liveMessages]).toEqual([false, 0]);
  disk.flushes[0]?.();
  await done;
  expect(state.liveMessages).toBe(1);
});

test('a commit whose flush ends before that of an earlier one waits for it', async () => {
  const { disk, state, commit } = makeQueue();
  const order: number[] = [];
  const commits = [1, 2].map((key) => commit(key).then(() => order.push(key)));
  disk.flushes[1]?.();
  await turn();
  expect([order, state.liveMessages]).toEqual([[], 0]);
  disk.flushes[0]?.();
  await Promise.all(commits);
  expect(order).toEqual([1, 2]);
});

test('a commit whose flush never settles fails after a time and leaves nothing', async () => {
  jest.useFakeTimers();
  const { state, commit } = makeQueue();
  const failed = commit(1).catch((error: unknown) => error);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await failed).toMatchObject({ code: 'commit_failed' });
  expect(state.liveMessages).toBe(0);
});
