import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { StateError } from '../errors.js';

/**
 * A file that says which process uses something: `PID START`, START being when that process began where the system
 * tells (Linux), so that another process that got the same number later is not taken for it.
 */
export class FileLock {
  private readonly path: string;
  private held = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Takes the lock, from a process that has died too. Rejects with `StateError` `state_in_use`. */
  async take(): Promise<void> {
    const own = `${process.pid} ${await startOf(process.pid)}\n`;
    for (let attempt = 0; attempt < 10; attempt++) {
      if (await this.create(own)) {
        this.held = true;
        return;
      }
      const holder = await this.holder();
      if (holder === undefined) continue;
      if (await isAlive(holder)) {
        throw new StateError('state_in_use', `process ${holder.split(' ')[0]} uses the state: ${this.path} is there`);
      }
      await this.removeStale(holder);
    }
    throw new StateError('state_in_use', `${this.path} changes hands all the time`);
  }

  /** Lets it go, where this object holds it. */
  async release(): Promise<void> {
    if (!this.held) return;
    this.held = false;
    await rm(this.path, { force: true });
  }

  private async create(own: string): Promise<boolean> {
    try {
      await writeFile(this.path, own, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  private async holder(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Another process may remove the stale file and take the lock between our look and our removal: then it is put back. */
  private async removeStale(holder: string): Promise<void> {
    const aside = `${this.path}.${process.pid}`;
    try {
      await rename(this.path, aside);
      if ((await readFile(aside, 'utf8')) !== holder) await link(aside, this.path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
    } finally {
      await rm(aside, { force: true });
    }
  }
}

async function isAlive(holder: string): Promise<boolean> {
  const [pid = '', start = ''] = holder.trim().split(' ');
  // Not yet written, or by something else: it may be in use.
  if (!/^\d+$/.test(pid)) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = await startOf(Number(pid));
  return now === '-' || start === '-' || now === start;
}

/** When a process began, in ticks since the machine did; '-' where the system does not tell. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}
