import { Checkpoint } from './checkpoint.js';
import type { Flushable } from './disk.js';
import { StoreError } from './errors.js';
import type { Job } from './job.js';
import type { LmdbState } from './lmdb-state.js';
import { GarbageRemoval, Merge } from './merge.js';
import { chooseMerge } from './merge-choice.js';
import { Run } from './run.js';
import type { SenderSweep } from './sender-sweep.js';
import { Tail } from './tail.js';

/** How long after a failed transaction the same step is tried again, ms. */
const RETRY_MS = 250;

/** Size of a step while somebody waits for the end of all work. */
const SETTLE_BYTES = 512 * 1024;

/** Most that a step may exceed its usual time when the tail has outgrown its bounds. */
const MOST_HASTE = 8;

/** Rough bytes on disk of a message beside its body, for the choice of a merge. */
const MESSAGE_OVERHEAD = 90;

/**
 * Runs background work, one step at a time: a checkpoint before all else, then garbage, merges and sweeps. A step joins
 * the transaction of the next commit or, when none comes for a moment, makes its own.
 */
export class Maintenance {
  readonly #state: LmdbState;
  readonly #sweeps: SenderSweep[] = [];
  #job: Job | undefined;
  #merge: Merge | undefined;
  #isWriting = false;
  #isStopped = false;
  /** Everything in the tail is to be moved, whatever its size. */
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;
  #eraseTimer: NodeJS.Timeout | undefined;
  #eraseIsDue = false;
  #ageTimer: NodeJS.Timeout | undefined;
  #tailIsOld = false;
  #commitBytes = 0;
  #waiters: (() => void)[] = [];

  constructor(state: LmdbState) {
    this.#state = state;
    if (state.merge !== undefined) this.#merge = new Merge(state, state.merge);
  }

  /** True when nothing is left to do now or after a moment. */
  get isQuiet(): boolean {
    if (this.#isStopped) return true;
    return !this.#isWriting && !this.#state.active.hasErased && this.#next() === undefined;
  }

  /** Resolves when {@link Maintenance.isQuiet}. What was erased is removed now, not after its delay. */
  settle(): Promise<void> {
    this.#eraseIsDue = true;
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.wake();
    });
  }

  /** Moves everything into its final place (merges may stay undone) and stops. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.settle();
    this.stop();
  }

  /** Does nothing any more; a step under way ends by itself. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#eraseTimer);
    clearTimeout(this.#ageTimer);
    this.#wakeWaiters();
  }

  sweep(sweep: SenderSweep): void {
    this.#sweeps.push(sweep);
    this.wake();
  }

  /** A batch has been applied: there may be work. */
  wake(): void {
    if (this.#isStopped || this.#isWriting || this.#timer !== undefined) return;
    if (this.#state.active.hasErased && !this.#eraseIsDue) this.#startEraseTimer();
    if (this.#state.active.records > 0 && !this.#tailIsOld) this.#startAgeTimer();
    if (this.#next() === undefined) {
      if (this.isQuiet) this.#wakeWaiters();
      return;
    }
    const delay = this.#waiters.length > 0 ? 0 : this.#state.options.stepDelayMs;
    this.#timer = setTimeout(() => this.#runAlone(), delay);
  }

  /** Adds a step to the transaction of a commit of this turn, if there is work. @param bytes of the commit */
  ride(bytes: number): void {
    this.#commitBytes = bytes;
    if (this.#isStopped || this.#isWriting || this.#next() === undefined) return;
    this.#step();
  }

  #runAlone(): void {
    this.#timer = undefined;
    if (this.#isStopped || this.#isWriting) return;
    this.#commitBytes = this.#waiters.length > 0 ? SETTLE_BYTES : 0;
    this.#state.disk.startTurn();
    if (this.#next() !== undefined) this.#step();
    else if (this.isQuiet) this.#wakeWaiters();
  }

  #step(): void {
    const job = this.#next();
    if (job === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isWriting = true;
    try {
      this.#state.arena.reset();
      const haste = this.#haste();
      const bytes = Math.max(this.#state.options.stepBytes, 2 * this.#commitBytes) * haste;
      const apply = job.write(bytes, performance.now() + this.#state.options.stepMs * haste);
      const written = this.#state.disk.lastWritten;
      void this.#finish(apply, written);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #finish(apply: () => void, written: Flushable | undefined): Promise<void> {
    try {
      if (written !== undefined) await written;
    } catch (error) {
      this.#retry(error);
      return;
    }
    try {
      apply();
      this.#isWriting = false;
      this.wake();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The disk refused a transaction: nothing has changed, so the step is done anew a little later. */
  #retry(error: unknown): void {
    this.#state.options.onError(new StoreError('commit_failed', 'in background work; it is tried again', error));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isWriting = false;
      this.wake();
    }, RETRY_MS);
  }

  /** Damaged data: background work ends, what is in the log and readable stays so. */
  #fail(error: unknown): void {
    this.stop();
    this.#state.options.onError(
      error instanceof StoreError ? error : new StoreError('store_corrupt', 'in background work', error),
    );
  }

  /** 1 to {@link MOST_HASTE}: by how much the tail exceeds its bounds, so that it does not grow without end. */
  #haste(): number {
    const { active, options } = this.#state;
    return Math.min(
      MOST_HASTE,
      Math.max(1, active.records / options.checkpointRecords, active.bytes / options.checkpointBytes),
    );
  }

  #next(): Job | undefined {
    if (this.#job?.isDone === true) this.#job = undefined;
    return (this.#job ??= this.#nextCheckpoint() ?? this.#nextOther());
  }

  #nextCheckpoint(): Job | undefined {
    const state = this.#state;
    const { active, options } = state;
    const isFull = active.records >= options.checkpointRecords || active.bytes >= options.checkpointBytes;
    const isDue = (this.#eraseIsDue && active.hasErased) || (this.#isClosing && active.logBlocks.length > 0);
    const isOld = this.#tailIsOld && active.records > 0;
    if (!isFull && !isDue && !isOld) return undefined;
    this.#tailIsOld = false;
    clearTimeout(this.#ageTimer);
    this.#ageTimer = undefined;
    this.#eraseIsDue = this.#waiters.length > 0;
    clearTimeout(this.#eraseTimer);
    this.#eraseTimer = undefined;
    state.frozen = active;
    state.active = new Tail();
    return new Checkpoint(state, active);
  }

  #nextOther(): Job | undefined {
    return this.#nextMerge() ?? (this.#state.garbage.length > 0 ? new GarbageRemoval(this.#state) : this.#nextSweep());
  }

  /** A merge under way gives way to a checkpoint between any two of its steps. */
  #nextMerge(): Job | undefined {
    if (this.#merge?.isDone === true) this.#merge = undefined;
    if (this.#merge === undefined && !this.#isClosing) this.#merge = this.#beginMerge();
    return this.#merge === undefined || this.#isClosing ? undefined : new OneStep(this.#merge);
  }

  #beginMerge(): Merge | undefined {
    const state = this.#state;
    const sizes = state.runs.map((run) => run.bodyBytes + run.messages * MESSAGE_OVERHEAD);
    const choice = chooseMerge(sizes, state.options.mergeRuns);
    if (choice === undefined) return undefined;
    const sources = state.runs.slice(choice.from, choice.to);
    const target = new Run(
      state.nextRun++,
      sources.reduce((sum, run) => sum + run.messages, 0),
    );
    state.merge = { target, sources };
    state.runs = state.runs.toSpliced(choice.from, 0, target);
    return new Merge(state, state.merge);
  }

  #nextSweep(): Job | undefined {
    // the next start sweeps what is left
    if (this.#isClosing) for (const sweep of this.#sweeps) sweep.end();
    while (this.#sweeps[0]?.isDone === true) this.#sweeps.shift();
    const sweep = this.#sweeps[0];
    return sweep === undefined ? undefined : new OneStep(sweep);
  }

  #startEraseTimer(): void {
    this.#eraseTimer ??= setTimeout(() => {
      this.#eraseTimer = undefined;
      this.#eraseIsDue = true;
      this.wake();
    }, this.#state.options.eraseDelayMs);
  }

  #startAgeTimer(): void {
    this.#ageTimer ??= setTimeout(() => {
      this.#ageTimer = undefined;
      this.#tailIsOld = true;
      this.wake();
    }, this.#state.options.tailAgeMs);
  }

  #wakeWaiters(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#eraseIsDue = false;
    for (const resolve of waiters) resolve();
  }
}

/** One step of a longer job, so that the next choice is free again. */
class OneStep implements Job {
  isDone = false;
  readonly #job: Job;

  constructor(job: Job) {
    this.#job = job;
  }

  write(bytes: number, deadline: number): () => void {
    const apply = this.#job.write(bytes, deadline);
    return () => {
      apply();
      this.isDone = true;
    };
  }
}
