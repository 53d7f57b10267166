import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** What changes a directory, of what the store calls; LMDB changes its file without them. */
const STEPS = ['openSync', 'writeSync', 'fsyncSync', 'renameSync', 'rmSync', 'mkdirSync', 'copyFileSync'] as const;
/** Of a process that is gone; a lock without one is made anew. */
const LEFT_OUT = ['owner', 'lock.mdb'];

/** A directory as a crash would have left it. */
export interface CrashSnapshot {
  readonly dir: string;
  /** After which call. */
  readonly step: string;
}

/**
 * Does `work`, and copies `dir` into a directory below `parent` after each call that changes something: what a process that is killed there leaves behind.
 * One `work` at a time. What the last step leaves is a snapshot too.
 */
export async function crashSnapshots(
  dir: string,
  parent: string,
  work: () => Promise<unknown>,
): Promise<readonly CrashSnapshot[]> {
  const snapshots: CrashSnapshot[] = [];
  let isCopying = false;
  const copy = (step: string): void => {
    if (isCopying) return;
    isCopying = true;
    const to = join(parent, `crash-${snapshots.length}`);
    const filter = (file: string): boolean => !LEFT_OUT.some((name) => file.startsWith(join(dir, name)));
    try {
      fs.cpSync(dir, to, { recursive: true, filter });
    } finally {
      isCopying = false;
    }
    snapshots.push({ dir: to, step });
  };
  const own = Object.fromEntries(STEPS.map((step) => [step, fs[step]]));
  const patched = fs as unknown as Record<string, unknown>;
  for (const step of STEPS)
    patched[step] = (...args: unknown[]): unknown => {
      const result = (own[step] as (...args: unknown[]) => unknown)(...args);
      copy(`${snapshots.length}, ${step}`);
      return result;
    };
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs, own);
    syncBuiltinESMExports();
  }
  copy('the last');
  return snapshots;
}
