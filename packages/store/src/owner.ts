import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StoreError } from './errors.js';

/** Beside the data file while a process has the store open for writing: its id, and when it started. */
const OWNER_FILE = 'owner';
/** A node ends within 1 s of its parent's death. */
const WAIT_MS = 3_000;
const POLL_MS = 10;

/** Notes that this process has the store of `dir` open. */
export function own(dir: string): void {
  writeFileSync(join(dir, OWNER_FILE), `${process.pid} ${startOf(process.pid)}\n`);
}

/** This process has closed it. */
export function disown(dir: string): void {
  if (ownerOf(dir) === process.pid) rmSync(join(dir, OWNER_FILE), { force: true });
}

/** The process that has the store of `dir` open for writing; undefined when there is none, or it was killed. */
export function ownerOf(dir: string): number | undefined {
  let text;
  try {
    text = readFileSync(join(dir, OWNER_FILE), 'utf8');
  } catch {
    return undefined; // no file: nobody owns it
  }
  const [pid = '', start = ''] = text.trim().split(' ');
  return pid !== '' && startOf(Number(pid)) === start ? Number(pid) : undefined;
}

/**
 * Waits until the process that has the store of `dir` open is dead: one that was killed may still be on its way out, and
 * LMDB's writer can spin for ever where two processes overlap (docs/decisions/0010).
 * @throws StoreError `store_in_use` when it still lives after `WAIT_MS`
 */
export async function previousOwnerGone(dir: string): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  for (let owner = ownerOf(dir); owner !== undefined && owner !== process.pid; owner = ownerOf(dir)) {
    if (performance.now() > deadline)
      throw new StoreError('store_in_use', `process ${owner} writes to ${dir}; stop it first`);
    await setTimeout(POLL_MS);
  }
}

/** When a living process started, in clock ticks, so that a number that is used again is told apart; '' for a dead one. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? ''); // one that was killed and nobody has waited for yet is dead
  } catch {
    return ''; // it has ended, or this system has no /proc
  }
}
