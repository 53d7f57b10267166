import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the data file while a process has the store open for writing: its id, and when it started. */
const OWNER_FILE = 'owner';

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
