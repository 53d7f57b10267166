import { readFileSync } from 'node:fs';
import { until } from '../crash/waiting.js';

/** Longest wait until a process has stopped, ms. */
const STOP_LIMIT_MS = 30_000;

/**
 * Holds a node still while `act` runs, as a pause of its machine does: what reaches its sockets meanwhile it finds all at once. `act` is short: a held node must
 * not be taken for one that hangs.
 */
export async function whileHeld(nodePid: number, act: () => void): Promise<void> {
  process.kill(nodePid, 'SIGSTOP');
  try {
    if (!(await until(() => stateOf(nodePid) === 'T', STOP_LIMIT_MS, 1))) throw new Error('the node does not stop');
    act();
  } finally {
    process.kill(nodePid, 'SIGCONT');
  }
}

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
