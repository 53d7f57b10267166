import { constants, copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { flushFile } from './backup.js';
import { LOG_BLOCK, eachRecord, openBlock } from './block.js';
import { Disk } from './disk.js';
import { flushNames, makeDurably } from './durable-directory.js';
import { StoreError } from './errors.js';
import { checkFormat, hasDataFile, writeFormat } from './format-file.js';
import type { Header } from './header.js';
import { RESTORE_COPY } from './left-copies.js';
import type { MailboxCount } from './mailbox-store.js';
import { readState } from './open-state.js';
import type { ReadProgress } from './open-state.js';
import { resolveOptions } from './options.js';
import { claim, disown, impatient } from './owner.js';
import { ORIGIN, SENDER, recordType, usedOriginOf } from './record.js';
import { tableValue } from './table-row.js';
import { tryDisk } from './try-store.js';

/** What was restored. */
export interface Restoration {
  /** When the store was made, ISO 8601. */
  readonly created: string;
  readonly pending: MailboxCount;
}

/**
 * Clients that came after the backup was made have origins that it does not know. Those given from now on are above any that can
 * have been: nobody is numbered like another.
 */
export const ORIGINS_LEFT_OUT = 2 ** 20;

/**
 * Puts a backup into a data directory without a store, or with a FORMAT whose store is gone. The copy is read whole before it
 * takes its place; a crash in between leaves no store, and restoring can be repeated.
 * @param onProgress told now and then how much of the copy was read
 * @throws StoreError `store_exists`, `store_in_use`, and of the backup `store_missing`, `store_corrupt`, `format_old`, `format_unknown`
 */
export async function restoreStore(
  backup: string,
  dir: string,
  onProgress?: (progress: ReadProgress) => void,
): Promise<Restoration> {
  checkFormat(backup);
  if (!hasDataFile(backup)) throw new StoreError('store_missing', `there is no backup in ${backup}`);
  await makeDurably(dir);
  await claim(dir, impatient);
  const copy = join(dir, RESTORE_COPY);
  try {
    if (hasDataFile(dir)) throw new StoreError('store_exists', dir);
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy, { mode: 0o700 });
    copyFileSync(join(backup, 'data.mdb'), join(copy, 'data.mdb'), constants.COPYFILE_FICLONE);
    await tryDisk(copy, onProgress);
    const { header, pending } = await withNewOrigins(copy);
    flushFile(join(copy, 'data.mdb'));
    writeFormat(dir, header);
    await flushNames(dir);
    rmSync(join(dir, 'lock.mdb'), { force: true });
    renameSync(join(copy, 'data.mdb'), join(dir, 'data.mdb'));
    await flushNames(dir);
    return { created: new Date(header.created).toISOString(), pending };
  } finally {
    rmSync(copy, { recursive: true, force: true });
    disown(dir);
  }
}

async function withNewOrigins(dir: string): Promise<{ header: Header; pending: MailboxCount }> {
  const disk = new Disk(dir);
  try {
    const state = readState(disk, resolveOptions({}), 0);
    for (const mark of state.uncounted) state.countMark(mark);
    disk.startTurn();
    const header = state.putHeader({
      originFloor: highestOrigin(disk, state.originFloor) + ORIGINS_LEFT_OUT,
      closed: true,
    });
    const written = disk.lastWritten;
    await written;
    await written?.flushed;
    return { header, pending: { messages: state.liveMessages, bytes: state.liveBytes } };
  } finally {
    await disk.close();
  }
}

function highestOrigin(disk: Disk, floor: number): number {
  let highest = floor;
  for (const { key, value } of disk.users.getRange({}))
    highest = Math.max(highest, tableValue<number>(value, 'users', key));
  for (const { value } of disk.log.getRange({})) {
    const block = openBlock(value, LOG_BLOCK, 'a log block');
    eachRecord(block, 'a log block', (at) => {
      const type = recordType(block, at);
      if (type === SENDER || type === ORIGIN) highest = Math.max(highest, usedOriginOf(block, at));
    });
  }
  return highest;
}
