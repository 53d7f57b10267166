import type { Flushable } from './disk.js';
import { logKey } from './disk.js';
import { StoreError } from './errors.js';
import type { LmdbBatch } from './lmdb-batch.js';
import type { LmdbState } from './lmdb-state.js';
import type { Maintenance } from './maintenance.js';
import { applyBlock } from './tail-apply.js';

interface Commit {
  readonly batch: LmdbBatch;
  readonly firstBlock: number;
  outcome: 'under_way' | 'flushed' | 'failed';
  readonly settle: () => void;
}

/** Commits under way, in order: a batch becomes visible when it and all before it are flushed or have failed. */
export class CommitQueue {
  readonly #state: LmdbState;
  readonly #maintenance: Maintenance;
  #commits: Commit[] = [];
  #waiters: (() => void)[] = [];

  constructor(state: LmdbState, maintenance: Maintenance) {
    this.#state = state;
    this.#maintenance = maintenance;
  }

  get isEmpty(): boolean {
    return this.#commits.length === 0;
  }

  /** Resolves when nothing is under way. */
  whenEmpty(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Puts the blocks into the log, in this turn, and resolves when they are flushed and visible. */
  commit(batch: LmdbBatch): Promise<void> {
    const { disk } = this.#state;
    if (batch.isDone) return Promise.reject(new StoreError('bad_operation', 'the batch is on disk already'));
    batch.seal();
    const firstBlock = this.#state.nextBlock;
    disk.startTurn();
    for (const block of batch.blocks) disk.put(disk.log, logKey(this.#state.nextBlock++), block.buffer);
    this.#maintenance.ride(batch.bytes);
    const written = disk.lastWritten;
    return new Promise((resolve, reject) => {
      const commit: Commit = {
        batch,
        firstBlock,
        outcome: 'under_way',
        settle: () => (commit.outcome === 'flushed' ? resolve() : reject(failure)),
      };
      let failure: StoreError;
      this.#commits.push(commit);
      this.#flush(written).then(
        () => this.#end(commit, 'flushed'),
        (error: unknown) => {
          failure = new StoreError('commit_failed', '', error);
          this.#end(commit, 'failed');
        },
      );
    });
  }

  /** Resolves when what was put is on disk: not when it is merely visible, which comes first. */
  async #flush(written: Flushable | undefined): Promise<void> {
    if (written === undefined) return;
    await written;
    const limit = watchdog(this.#state.options.flushTimeoutMs);
    try {
      await Promise.race([written.flushed, limit.expired]);
    } finally {
      limit.cancel();
    }
  }

  #end(ended: Commit, outcome: 'flushed' | 'failed'): void {
    ended.outcome = outcome;
    while (this.#commits[0] !== undefined && this.#commits[0].outcome !== 'under_way') {
      const commit = this.#commits.shift() as Commit;
      if (commit.outcome === 'flushed') this.#apply(commit);
      commit.settle();
    }
    this.#maintenance.wake();
    if (!this.isEmpty) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #apply({ batch, firstBlock }: Commit): void {
    batch.blocks.forEach((block, i) => applyBlock(this.#state, block, firstBlock + i, 'a batch'));
    batch.finish();
  }
}

/** A flush that never settles (LMDB after a failed commit) must not hang its commit for ever. */
function watchdog(ms: number): { readonly expired: Promise<never>; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not flushed after ${ms} ms`)), ms);
  });
  return { expired, cancel: () => clearTimeout(timer) };
}
