import { TABLE_ROW, checkBlock } from './block.js';
import { Disk } from './disk.js';
import { checkFormat, hasDataFile } from './format-file.js';
import { readState } from './open-state.js';
import type { ReadProgress } from './open-state.js';
import { resolveOptions } from './options.js';
import { claim, disown } from './owner.js';
import { bytesOf } from './record.js';
import { rowName } from './table-row.js';

/**
 * Reads all that an opening reads, and every row of the small tables besides, and changes nothing. To be done in a process of its
 * own: a page that is broken or missing ends the process that touches it. One that was ended so leaves the note of an owner.
 * Nothing to read is no error.
 * @throws StoreError as `openLmdbStore`
 */
export async function tryStore(dir: string): Promise<void> {
  await claim(dir);
  try {
    checkFormat(dir);
    if (hasDataFile(dir)) await tryDisk(dir);
  } finally {
    disown(dir);
  }
}

/** The same, of a directory that is nobody else's. @param onProgress told now and then how much was read */
export async function tryDisk(dir: string, onProgress?: (progress: ReadProgress) => void): Promise<void> {
  const disk = new Disk(dir, true);
  try {
    readState(disk, resolveOptions({}), 0, onProgress);
    for (const table of ['receipts', 'senders', 'users', 'expiry'] as const) readTable(disk, table);
  } finally {
    await disk.close();
  }
}

function readTable(disk: Disk, table: 'receipts' | 'senders' | 'users' | 'expiry'): void {
  for (const { key, value } of disk[table].getRange({}))
    checkBlock(bytesOf(value), value.length, TABLE_ROW, () => rowName(table, key));
}
