import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes a directory, with those above it where they are missing. Resolves when their names are on disk: a flushed file below a name that is not is lost with it. */
export async function makeDurably(dir: string): Promise<void> {
  const first = mkdirSync(dir, { recursive: true });
  if (first === undefined) return;
  for (let at = resolve(dir); ; at = dirname(at)) {
    await flushNames(dirname(at));
    if (at === resolve(first)) return;
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
