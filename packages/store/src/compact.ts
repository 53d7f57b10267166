import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copyStore } from './backup.js';
import { Disk } from './disk.js';
import { flushNames } from './durable-directory.js';
import { StoreError } from './errors.js';
import { checkFormat, hasDataFile } from './format-file.js';
import { COMPACT_COPY } from './left-copies.js';
import type { ReadProgress } from './open-state.js';
import { claim, disown, impatient } from './owner.js';
import { tryDisk } from './try-store.js';

/** Size of the data file. */
export interface Compaction {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * Writes the data file anew without its free pages: LMDB uses them again and never gives them back. Needs room for the
 * copy, which is read whole before it takes the place of the file; a crash in between leaves the one or the other.
 * @param onProgress told now and then how much of the copy was read
 * @throws StoreError `store_in_use`, `store_missing`, `store_corrupt`, `format_old`, `format_unknown`
 */
export async function compactStore(dir: string, onProgress?: (progress: ReadProgress) => void): Promise<Compaction> {
  await claim(dir, impatient);
  const copy = join(dir, COMPACT_COPY);
  const file = join(dir, 'data.mdb');
  try {
    checkFormat(dir);
    if (!hasDataFile(dir)) throw new StoreError('store_missing', `there is no store in ${dir}`);
    rmSync(copy, { recursive: true, force: true });
    const bytesBefore = statSync(file).size;
    const { bytes } = await copied(dir, copy);
    await tryDisk(copy, onProgress);
    renameSync(join(copy, 'data.mdb'), file);
    // its transactions are those of the file that has gone
    rmSync(join(dir, 'lock.mdb'), { force: true });
    await flushNames(dir);
    return { bytesBefore, bytesAfter: bytes };
  } finally {
    rmSync(copy, { recursive: true, force: true });
    disown(dir);
  }
}

async function copied(dir: string, to: string): Promise<{ readonly bytes: number }> {
  const disk = new Disk(dir, true);
  try {
    return await copyStore(disk, to);
  } finally {
    await disk.close();
  }
}
