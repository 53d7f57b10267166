import { runKey } from './disk.js';
import type { Disk } from './disk.js';
import type { Job } from './job.js';
import type { LmdbState, MergeState } from './lmdb-state.js';
import { bodyBytesOf } from './record.js';
import { RunWalk } from './run-walk.js';
import { RunWriter } from './run-writer.js';
import { comparePositions, START } from './run.js';
import type { Position, Run } from './run.js';

/** Walks the records of one source, and notes what was taken from which row. */
class SourceCursor extends RunWalk {
  readonly taken: { index: number; messages: number; bodyBytes: number }[] = [];

  constructor(disk: Disk, run: Run) {
    super(disk, run, run.low ?? START);
  }

  /** Takes the current record and steps on. */
  take(): void {
    let last = this.taken.at(-1);
    if (last === undefined || last.index !== this.index)
      this.taken.push((last = { index: this.index, messages: 0, bodyBytes: 0 }));
    last.messages += 1;
    last.bodyBytes += bodyBytesOf(this.bytes, this.at);
    this.step();
  }
}

/**
 * Moves the messages of adjacent runs into one, by ranges of the order: each step is one transaction in which the target
 * gains a range and the sources' `low` passes it. Rows left behind are removed in the next step.
 */
export class Merge implements Job {
  isDone = false;
  readonly #state: LmdbState;
  readonly #merge: MergeState;

  constructor(state: LmdbState, merge: MergeState) {
    this.#state = state;
    this.#merge = merge;
  }

  write(bytes: number, deadline: number): () => void {
    const state = this.#state;
    const { target, sources } = this.#merge;
    const removed = removeGarbage(state, Number.MAX_SAFE_INTEGER);
    const writer = new RunWriter(state.disk, state.arena, target);
    const cursors = sources.filter((run) => run.messages > 0).map((run) => new SourceCursor(state.disk, run));
    const low = this.#copy(cursors, writer, bytes, deadline);
    writer.finish();
    for (const cursor of cursors) cursor.close();
    const isOver = cursors.every((cursor) => cursor.isOver);
    const runs = isOver ? state.runs.filter((run) => !sources.includes(run)) : state.runs;
    const lows = new Map(sources.map((run) => [run, low ?? run.low]));
    state.putHeader({ runs, lows, merge: isOver ? undefined : this.#merge });
    return () => {
      state.garbage.splice(0, removed);
      writer.apply();
      for (const cursor of cursors) this.#leave(cursor);
      for (const run of sources) run.low = low ?? run.low;
      if (!isOver) return;
      state.runs = runs;
      state.merge = undefined;
      this.isDone = true;
    };
  }

  /** Copies in order; returns the position of the last record, undefined when there was none. */
  #copy(cursors: readonly SourceCursor[], writer: RunWriter, bytes: number, deadline: number): Position | undefined {
    let last: { hi: number; lo: number; key: number } | undefined;
    let copied = 0;
    for (;;) {
      const least = leastOf(cursors);
      if (least === undefined) return last;
      const isFull = writer.bytes >= bytes || ((copied & 63) === 63 && performance.now() > deadline);
      // Two users may share a hash and a key: never part them, or `low` would cut one off.
      if (isFull && last !== undefined && comparePositions(least.hi, least.lo, least.key, last) > 0) return last;
      writer.add(least.bytes, least.at);
      last = { hi: least.hi, lo: least.lo, key: least.key };
      least.take();
      copied += 1;
    }
  }

  #leave({ run, taken }: SourceCursor): void {
    for (const { index, messages, bodyBytes } of taken) {
      run.take(index, messages, bodyBytes);
      if (run.messagesOf(index) === 0) this.#state.garbage.push(run.id, run.rowNumber(index));
    }
  }
}

/** The cursor with the least position; of equal ones the oldest run's. */
function leastOf(cursors: readonly SourceCursor[]): SourceCursor | undefined {
  let least: SourceCursor | undefined;
  for (const cursor of cursors)
    if (!cursor.isOver && (least === undefined || comparePositions(cursor.hi, cursor.lo, cursor.key, least) < 0))
      least = cursor;
  return least;
}

/** Removes rows that nothing refers to, up to `most`; returns by how much to shorten the list once that is written. */
export function removeGarbage(state: LmdbState, most: number): number {
  const end = Math.min(state.garbage.length, most * 2);
  for (let i = 0; i < end; i += 2)
    state.disk.remove(state.disk.runs, runKey(state.garbage[i] as number, state.garbage[i + 1] as number));
  return end;
}

/** Removes what a crash or the end of a merge left behind. */
export class GarbageRemoval implements Job {
  isDone = false;
  readonly #state: LmdbState;

  constructor(state: LmdbState) {
    this.#state = state;
  }

  write(): () => void {
    const removed = removeGarbage(this.#state, 256);
    return () => {
      this.#state.garbage.splice(0, removed);
      this.isDone = this.#state.garbage.length === 0;
    };
  }
}
