import { BLOCK_HEADER, RUN_ROW, recordCountOf, sealBlock } from './block.js';
import { runKey } from './disk.js';
import type { EraseMark } from './erase-mark.js';
import type { LmdbState } from './lmdb-state.js';
import { bodyBytesOf, bytesOf, expiresAtOf, hashHiOf, hashLoOf, isFor, keyOf, recordLength } from './record.js';
import type { Bytes } from './record.js';
import { comparePositions } from './run.js';
import type { Run } from './run.js';
import { expiryKey } from './table-row.js';

/** What left one row. */
export interface TakenFromRow {
  readonly run: Run;
  readonly index: number;
  readonly messages: number;
  readonly bodyBytes: number;
}

/**
 * Rewrites or removes one row without what the marks cover.
 * @param marks sorted by hash; those before `from` are done
 */
export function eraseFromRow(
  state: LmdbState,
  run: Run,
  index: number,
  marks: readonly EraseMark[],
  from: number,
): TakenFromRow | undefined {
  const row = state.disk.readRow(run, index);
  if (row === undefined) return undefined;
  const kept = bytesOf(state.arena.take(row.buffer.length));
  const left = { used: BLOCK_HEADER, records: 0, bodySum: 0 };
  let messages = 0;
  let bodyBytes = 0;
  let mark = from;
  let at = BLOCK_HEADER;
  for (let i = recordCountOf(row); i > 0; i--) {
    const length = recordLength(row, at);
    while (mark < marks.length && isBefore(marks[mark] as EraseMark, row, at)) mark += 1;
    const moved =
      run.low !== undefined && comparePositions(hashHiOf(row, at), hashLoOf(row, at), keyOf(row, at), run.low) <= 0;
    const erased = !moved && isCovered(marks, mark, row, at);
    if (erased) {
      messages += 1;
      bodyBytes += bodyBytesOf(row, at);
      removeExpiry(state, row, at);
    }
    if (!moved && !erased) {
      kept.buffer.set(row.buffer.subarray(at, at + length), left.used);
      left.used += length;
      left.records += 1;
      left.bodySum += bodyBytesOf(row, at);
    }
    at += length;
  }
  state.disk.release(row);
  if (messages === 0) return undefined;
  const key = runKey(run.id, run.rowNumber(index));
  if (left.records === 0) state.disk.remove(state.disk.runs, key);
  else {
    const value = bytesOf(kept.buffer.subarray(0, left.used));
    sealBlock(value, RUN_ROW, left.records, left.bodySum);
    state.disk.put(state.disk.runs, key, value.buffer);
  }
  return { run, index, messages, bodyBytes };
}

function isBefore(mark: EraseMark, row: Bytes, at: number): boolean {
  const hi = hashHiOf(row, at);
  return mark.hi < hi || (mark.hi === hi && mark.lo < hashLoOf(row, at));
}

function isCovered(marks: readonly EraseMark[], from: number, row: Bytes, at: number): boolean {
  const hi = hashHiOf(row, at);
  const lo = hashLoOf(row, at);
  for (let i = from; i < marks.length; i++) {
    const mark = marks[i] as EraseMark;
    if (mark.hi !== hi || mark.lo !== lo) return false;
    if (mark.covers(keyOf(row, at)) && isFor(row, at, mark.name)) return true;
  }
  return false;
}

function removeExpiry(state: LmdbState, row: Bytes, at: number): void {
  const expiresAt = expiresAtOf(row, at);
  if (expiresAt === 0) return;
  state.disk.remove(state.disk.expiry, expiryKey(expiresAt, hashHiOf(row, at), hashLoOf(row, at), keyOf(row, at)));
}
