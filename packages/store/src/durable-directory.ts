import { mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory (mode 0700), with those above it where they are missing. Resolves when their names are on disk: a flushed file below a name that is
 * not is lost with it. Only who makes it flushes it: whatever keeps something durable in a directory makes it by this and nothing else.
 * @throws an error of the file system
 */
export async function makeDurably(dir: string): Promise<void> {
  // not `recursive: true`: where a file system takes no new names and says ENOENT, as /proc does, Node tries for ever
  const made = missing(resolve(dir)).filter(make);
  for (const at of made.toReversed()) await flushNames(dirname(at));
}

/** What has to be made for `dir` to be a directory, the uppermost first. */
function missing(dir: string): string[] {
  const found = statSync(dir, { throwIfNoEntry: false });
  if (found !== undefined) return found.isDirectory() ? [] : [dir];
  return [...missing(dirname(dir)), dir];
}

/** False where another has made it meanwhile. */
function make(dir: string): boolean {
  try {
    mkdirSync(dir, { mode: 0o700 });
    return true;
  } catch (error) {
    const isThere = statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && isThere) return false;
    throw error;
  }
}

/** Resolves when the names of what `dir` holds are on disk. Flushing a file does not do that for its name (fsync(2)). */
export async function flushNames(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
