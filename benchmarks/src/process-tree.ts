import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc/PID/stat per second: USER_HZ, 100 on every Linux that Node runs on. */
const MICROS_PER_TICK = 10_000;

/** A process and all its descendants, the root first. A process that has ended is not in it. */
export function processTree(pid: number): number[] {
  const found = [pid];
  for (const parent of found) found.push(...childrenOf(parent));
  return found;
}

/** User and system CPU time of a process tree since its start, in microseconds, to 10 ms. */
export function cpuMicros(pid: number): number {
  return processTree(pid).reduce((sum, member) => sum + cpuTicks(member) * MICROS_PER_TICK, 0);
}

/** Anonymous resident memory of a process tree, in bytes: the heap and the buffers, without mapped files. */
export function rssAnonBytes(pid: number): number {
  return processTree(pid).reduce((sum, member) => sum + rssAnonKb(member) * 1024, 0);
}

function childrenOf(pid: number): number[] {
  const tasks = attempt(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return tasks.flatMap((task) => {
    const list = attempt(() => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')) ?? '';
    return list.split(' ').filter(Boolean).map(Number);
  });
}

function cpuTicks(pid: number): number {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return 0;
  // The name of the command may hold spaces and brackets: the fields start after the last one. utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function rssAnonKb(pid: number): number {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

/** Undefined for a process that ended between two looks; any other error is thrown. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
