import { Arena } from './arena.js';
import { DeepCounts } from './deep-counts.js';
import type { Disk } from './disk.js';
import type { EraseMark } from './erase-mark.js';
import { FORMAT_ID, FORMAT_VERSION, putHeader } from './header.js';
import type { Header } from './header.js';
import type { Ledger, MailboxCount } from './mailbox-store.js';
import { NameHash } from './name-hash.js';
import type { ResolvedOptions } from './options.js';
import { bodyBytesOf } from './record.js';
import type { Bytes } from './record.js';
import { RunCursor, SlotCursor } from './run-cursor.js';
import type { Cursor, Wanted } from './run-cursor.js';
import type { Run } from './run.js';
import { Tail } from './tail.js';

/** Rows of a run that are looked at in one go when erased messages are counted: some 2,500 messages of 100 bytes, less than a millisecond. */
const ROWS_A_PART = 64;

/** A merge under way: everything up to `target`'s last record has left the sources. */
export interface MergeState {
  readonly target: Run;
  readonly sources: readonly Run[];
}

/** What a transaction changes in the totals of the header beside what the runs say already. */
export interface HeaderChange {
  readonly messages?: number;
  readonly bodyBytes?: number;
  readonly runs?: readonly Run[];
  readonly lows?: ReadonlyMap<Run, Run['low']>;
  readonly merge?: MergeState | undefined;
  readonly logStart?: number;
  readonly ledger?: Ledger;
  readonly closed?: boolean;
  readonly originFloor?: number;
}

/**
 * What the LMDB store knows. The truth about a message: it is in a slot of a tail that is not erased, or in a row of one
 * of the `runs` and covered by no mark of a tail. Jobs change the disk first and this only when the transaction is
 * written; meanwhile readers, who see old or new rows, find every message exactly once, since rows that moved are
 * removed one transaction later than they are replaced.
 */
export class LmdbState {
  readonly disk: Disk;
  readonly options: ResolvedOptions;
  readonly hash: NameHash;
  readonly arena = new Arena();
  readonly id: string;
  readonly created: number;
  readonly seed: readonly [number, number];
  readonly openings: Uint32Array;
  readonly originFloor: number;
  /** Oldest first. */
  runs: Run[] = [];
  merge: MergeState | undefined;
  active = new Tail();
  /** Being moved by a checkpoint. */
  frozen: Tail | undefined;
  /** Slots of `frozen` may have been written to a run that is not in `runs` yet. */
  frozenIsBeingWritten = false;
  /** No row of the expiry table ends before, ms since the epoch; 0: not known. */
  nextExpiryRow = 0;
  /** Exact totals, but for the marks in `uncounted`. */
  liveMessages = 0;
  liveBytes = 0;
  readonly uncounted = new Set<EraseMark>();
  /** Of `uncounted`, those of mailboxes in `deep` that the log block in hand has made or widened. */
  readonly deepMarks = new Set<EraseMark>();
  /** Exact counts of deep mailboxes that somebody asked for, kept up to date. */
  readonly deep = new DeepCounts();
  /** Rows that nothing refers to: run, row, run, row... */
  garbage: number[] = [];
  nextRun = 1;
  /** Full-sized log blocks for the next batches. */
  readonly blockPool: Bytes[] = [];
  nextBlock = 0;
  /** Log blocks applied since the start. */
  applied = 0;
  logStart = 0;
  /** Totals up to `logStart`. */
  ledger: Ledger;

  constructor(disk: Disk, options: ResolvedOptions, header: Header) {
    this.disk = disk;
    this.options = options;
    this.id = header.id;
    this.created = header.created;
    this.seed = header.seed;
    this.hash = new NameHash(header.seed[0], header.seed[1]);
    this.openings = Uint32Array.from(header.openings);
    this.originFloor = header.originFloor;
    this.logStart = header.logStart;
    this.nextBlock = header.logStart;
    this.ledger = header.ledger;
  }

  wanted(user: string, after: number, before: number): Wanted {
    this.hash.of(user);
    return { hi: this.hash.hi, lo: this.hash.lo, name: Buffer.from(user), after, before };
  }

  /** Cursors on the runs that may hold messages of a mailbox, oldest run first. */
  runCursors(wanted: Wanted): RunCursor[] {
    const cursors: RunCursor[] = [];
    for (const run of this.runs)
      if (run.messages > 0 && run.filter.mayHold(wanted.hi, wanted.lo))
        cursors.push(new RunCursor(this.disk, run, wanted));
    return cursors;
  }

  /**
   * Calls `visit` with every waiting message of a mailbox in key order, until it returns false. Erased ones are left out.
   */
  eachMessage(user: string, wanted: Wanted, visit: (cursor: Cursor) => boolean): void {
    const marks = [this.frozen?.marks.get(user), this.active.marks.get(user)];
    const isErased = (key: number): boolean => marks.some((mark) => mark !== undefined && mark.covers(key));
    const step = (cursor: Cursor): boolean => {
      if (!(cursor instanceof RunCursor)) return cursor.next();
      while (cursor.next()) if (!isErased(cursor.key)) return true;
      return false;
    };
    const cursors: Cursor[] = this.runCursors(wanted);
    if (this.frozen !== undefined) cursors.push(new SlotCursor(this.frozen.slots, wanted));
    cursors.push(new SlotCursor(this.active.slots, wanted));
    const open = cursors.filter(step);
    while (open.length > 0) {
      let least = 0;
      for (let i = 1; i < open.length; i++) if ((open[i] as Cursor).key < (open[least] as Cursor).key) least = i;
      const cursor = open[least] as Cursor;
      if (!visit(cursor)) break;
      if (!step(cursor)) open.splice(least, 1);
    }
    for (const cursor of open) cursor.close();
  }

  /** Counts what a log block has erased of deep mailboxes: once for all its records, since each count reads whole rows. */
  countDeep(): void {
    for (const mark of this.deepMarks) this.countMark(mark);
    this.deepMarks.clear();
  }

  /** Counts what was erased of one mailbox out of the totals. */
  countMarksOf(user: string): void {
    for (const tail of [this.frozen, this.active]) {
      const mark = tail?.marks.get(user);
      if (mark !== undefined) this.countMark(mark);
    }
  }

  /** Counts what a mark of a tail covers in the runs out of the totals, once. */
  countMark(mark: EraseMark): void {
    while (!this.countPart(mark));
  }

  /**
   * Counts a part of what a mark covers: at most {@link ROWS_A_PART} rows of each run. True when nothing is left. Only a mark of the frozen tail, to which nothing
   * is added, may be left half counted.
   */
  countPart(mark: EraseMark): boolean {
    if (mark.isCounted) return this.#counted(mark);
    const earlier = this.frozen?.marks.get(mark.user);
    const { hi, lo, name } = mark;
    const after = mark.lowestUncounted - 1;
    const last = this.endOfPart(hi, lo, after, mark.highestUncounted);
    for (const cursor of this.runCursors({ hi, lo, name, after, before: last + 1 }))
      while (cursor.next()) {
        const { key } = cursor;
        if (!mark.covers(key) || mark.counted(key)) continue;
        if (earlier !== undefined && earlier !== mark && earlier.covers(key)) continue;
        this.countOut(cursor.bytes, cursor.at);
      }
    if (last >= mark.highestUncounted) return this.#counted(mark);
    mark.setCountedUpTo(last);
    return false;
  }

  #counted(mark: EraseMark): true {
    mark.setCounted();
    this.uncounted.delete(mark);
    return true;
  }

  /** The key up to which no run has more than so many rows of a mailbox behind `after`. */
  endOfPart(hi: number, lo: number, after: number, highest: number, rows = ROWS_A_PART): number {
    let last = highest;
    for (const run of this.runs) {
      if (run.messages === 0 || !run.filter.mayHold(hi, lo)) continue;
      const index = run.find(hi, lo, after) + rows;
      // it begins with a later key of this very hash: keys that it begins with belong to the next part
      if (index < run.rows && !run.isAfter(index, hi, lo, last)) last = Math.max(after + 1, run.firstKey(index) - 1);
    }
    return last;
  }

  /** An upper bound of what a mailbox holds, from the directories of the runs; exact when it is in {@link deep}. */
  countAtMost(user: string): MailboxCount {
    this.hash.of(user);
    const { hi, lo } = this.hash;
    const known = this.deep.get(hi, lo, user);
    if (known !== undefined) return known;
    const sum = { messages: 0, bytes: 0 };
    for (const tail of [this.frozen, this.active]) {
      const group = tail?.slots.group(hi, lo) ?? -1;
      if (tail === undefined || group === -1) continue;
      sum.messages += tail.slots.messages(group);
      sum.bytes += tail.slots.bytes(group);
    }
    for (const run of this.runs) if (run.messages > 0 && run.filter.mayHold(hi, lo)) run.addCountAtMost(hi, lo, sum);
    return sum;
  }

  /** A message has come. */
  countIn(bytes: Bytes, at: number): void {
    const bodyBytes = bodyBytesOf(bytes, at);
    this.liveMessages += 1;
    this.liveBytes += bodyBytes;
    if (this.deep.size > 0) this.deep.change(bytes, at, 1, bodyBytes);
  }

  /** A message has gone. */
  countOut(bytes: Bytes, at: number): void {
    const bodyBytes = bodyBytesOf(bytes, at);
    this.liveMessages -= 1;
    this.liveBytes -= bodyBytes;
    if (this.deep.size > 0) this.deep.change(bytes, at, -1, -bodyBytes);
  }

  /** Whether a run may hold messages of a user. */
  runsMayHold(hi: number, lo: number): boolean {
    for (const run of this.runs) if (run.messages > 0 && run.filter.mayHold(hi, lo)) return true;
    return false;
  }

  /** Puts, and returns, the header row as it is once the transaction of this turn is written. */
  putHeader(change: HeaderChange): Header {
    const runs = change.runs ?? this.runs;
    const lows = change.lows;
    const merge = 'merge' in change ? change.merge : this.merge;
    const total = (of: (run: Run) => number): number => this.runs.reduce((sum, run) => sum + of(run), 0);
    const header: Header = {
      format: FORMAT_ID,
      version: FORMAT_VERSION,
      id: this.id,
      created: this.created,
      seed: this.seed,
      openings: [...this.openings],
      originFloor: change.originFloor ?? this.originFloor,
      closed: change.closed ?? false,
      ledger: change.ledger ?? this.ledger,
      messages: total((run) => run.messages) + (change.messages ?? 0),
      bodyBytes: total((run) => run.bodyBytes) + (change.bodyBytes ?? 0),
      runs: runs.map((run) => {
        const low = lows?.get(run) ?? run.low;
        const { id, names } = run;
        return low === undefined ? { id, names } : { id, names, low };
      }),
      merge: merge === undefined ? null : { target: merge.target.id, sources: merge.sources.map((run) => run.id) },
      logStart: change.logStart ?? this.logStart,
    };
    putHeader(this.disk, header);
    return header;
  }
}
