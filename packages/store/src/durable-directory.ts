import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory (mode 0700), with those above it where they are missing. Resolves when their names are on disk: a flushed file below a name that is
 * not is lost with it. Only who makes it flushes it: whatever keeps something durable in a directory makes it by this and nothing else.
 */
export async function makeDurably(dir: string): Promise<void> {
  const first = mkdirSync(dir, { recursive: true, mode: 0o700 });
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
