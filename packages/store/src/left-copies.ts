import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where a compaction makes its copy, within the data directory: only whoever has claimed the store writes there. */
export const COMPACT_COPY = 'compact.tmp';
/** The same of a restore. */
export const RESTORE_COPY = 'restore.tmp';

/** Removes what a compaction or a restore has left that was ended: as large as the store, and of no use. To be done by the owner. */
export function removeLeftCopies(dir: string): void {
  for (const name of [COMPACT_COPY, RESTORE_COPY]) rmSync(join(dir, name), { recursive: true, force: true });
}
