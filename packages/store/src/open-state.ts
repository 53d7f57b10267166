import { randomBytes } from 'node:crypto';
import { BLOCK_HEADER, LOG_BLOCK, RUN_ROW, eachRecord, openBlock } from './block.js';
import { blockOfKey, rowOfKey, runOfKey } from './disk.js';
import type { Disk } from './disk.js';
import { StoreError } from './errors.js';
import { checkVersion, compareFormat } from './format-file.js';
import { FORMAT_ID, FORMAT_VERSION, readHeader } from './header.js';
import type { Header } from './header.js';
import { LmdbState } from './lmdb-state.js';
import { partitionCount } from './name-hash.js';
import type { ResolvedOptions } from './options.js';
import { bodyBytesOf, hashHiOf, hashLoOf, keyOf } from './record.js';
import { Run, comparePositions } from './run.js';
import { applyBlock } from './tail-apply.js';

/** What has been read so far. */
export interface ReadProgress {
  readonly rows: number;
  readonly messages: number;
}

const PROGRESS_EVERY_ROWS = 10_000;

/**
 * Reads a directory: the header, the directories of the runs (by a scan of their rows), and the tail from the log.
 * Writes nothing.
 * @throws StoreError `store_missing`, `format_unknown`, `format_old` or `store_corrupt`
 */
export function readState(
  disk: Disk,
  options: ResolvedOptions,
  nowMs: number,
  onProgress: (progress: ReadProgress) => void = () => undefined,
): LmdbState {
  const found = readHeader(disk);
  if (found !== undefined) checkVersion(found, disk.dir);
  const header = found ?? newHeader(disk, nowMs);
  compareFormat(disk.dir, found);
  const state = new LmdbState(disk, options, header);
  readRuns(state, header, onProgress);
  compareTotals(state, header);
  state.liveMessages = header.messages;
  state.liveBytes = header.bodyBytes;
  for (const { key, value } of disk.log.getRange({})) {
    const number = blockOfKey(key);
    const where = `log block ${number}`;
    state.nextBlock = number + 1;
    applyBlock(state, openBlock(value, LOG_BLOCK, where), number, where);
  }
  return state;
}

function newHeader(disk: Disk, nowMs: number): Header {
  for (const table of [disk.log, disk.runs])
    for (const _ of table.getKeys({ limit: 1 }))
      throw new StoreError('store_corrupt', 'there is data but no header row');
  const seed = randomBytes(8);
  return {
    format: FORMAT_ID,
    version: FORMAT_VERSION,
    id: randomBytes(8).toString('hex'),
    created: nowMs,
    seed: [seed.readUInt32LE(0), seed.readUInt32LE(4)],
    openings: Array.from({ length: partitionCount }, () => 0),
    originFloor: 0,
    closed: true,
    ledger: { accepted: 0, delivered: 0, failed: 0 },
    messages: 0,
    bodyBytes: 0,
    runs: [],
    merge: null,
    logStart: 0,
  };
}

function readRuns(state: LmdbState, header: Header, onProgress: (progress: ReadProgress) => void): void {
  const runs = new Map<number, Run>();
  for (const { id, names, low } of header.runs) {
    const run = new Run(id, names);
    run.low = low;
    runs.set(id, run);
    state.nextRun = Math.max(state.nextRun, id + 1);
  }
  let rows = 0;
  for (const { key, value } of state.disk.runs.getRange({})) {
    if (++rows % PROGRESS_EVERY_ROWS === 0)
      onProgress({ rows, messages: [...runs.values()].reduce((sum, run) => sum + run.messages, 0) });
    const id = runOfKey(key);
    const run = runs.get(id);
    state.nextRun = Math.max(state.nextRun, id + 1);
    if (run === undefined || !addRow(run, rowOfKey(key), value)) state.garbage.push(id, rowOfKey(key));
  }
  state.runs = [...runs.values()];
  if (header.merge === null) return;
  const target = runs.get(header.merge.target);
  const sources = header.merge.sources.map((id) => runs.get(id)).filter((run) => run !== undefined);
  if (target !== undefined) state.merge = { target, sources };
}

/** Adds a row to its run's directory; false when all of it has moved on. */
function addRow(run: Run, row: number, value: Buffer): boolean {
  const where = `row ${row} of run ${run.id}`;
  const block = openBlock(value, RUN_ROW, where);
  let messages = 0;
  let bodyBytes = 0;
  eachRecord(block, where, (at) => {
    const hi = hashHiOf(block, at);
    const lo = hashLoOf(block, at);
    if (run.low !== undefined && comparePositions(hi, lo, keyOf(block, at), run.low) <= 0) return;
    run.filter.add(hi, lo);
    messages += 1;
    bodyBytes += bodyBytesOf(block, at);
  });
  if (messages === 0) return false;
  const first = BLOCK_HEADER;
  run.add({
    row,
    hi: hashHiOf(block, first),
    lo: hashLoOf(block, first),
    key: keyOf(block, first),
    messages,
    bodyBytes,
  });
  return true;
}

function compareTotals(state: LmdbState, header: Header): void {
  const messages = state.runs.reduce((sum, run) => sum + run.messages, 0);
  const bodyBytes = state.runs.reduce((sum, run) => sum + run.bodyBytes, 0);
  if (messages === header.messages && bodyBytes === header.bodyBytes) return;
  throw new StoreError(
    'store_corrupt',
    `the runs hold ${messages} messages of ${bodyBytes} bytes, the header says ${header.messages} of ${header.bodyBytes}`,
  );
}
