/** The thread of the watchdog: see watchdog.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { readHeartbeat } from '@mailbeam/actors';
import { forgetHeldLoop, noteHeldLoop } from './held-loop.js';
import type { HeldLoop } from './held-loop.js';
import { LoopWatch, POLL_MS } from './loop-watch.js';
import type { WatchdogData } from './watchdog.js';

const { heartbeat, ticks, data, limitMs } = workerData as WatchdogData;
const counter = new Int32Array(ticks);
const watch = new LoopWatch(limitMs);
/** What was held for less is not worth a line in the log. */
const TOLD_MS = 250;
let held: HeldLoop | undefined;

function look(): void {
  const { beats, inTurn, actor } = readHeartbeat(heartbeat);
  const heldMs = watch.heldMs;
  const verdict = watch.look(beats + Atomics.load(counter, 0), inTurn);
  if (verdict === 'note' || verdict === 'end') {
    const note: HeldLoop = { pid: process.pid, actor: inTurn ? actor : undefined, heldMs: watch.heldMs };
    held = note;
    onDisk(() => noteHeldLoop(data, note));
  }
  // The thread that is held can end nothing itself.
  if (verdict === 'end') process.kill(process.pid, 'SIGKILL');
  if (verdict === 'moves_again') {
    onDisk(() => forgetHeldLoop(data));
    if (heldMs >= TOLD_MS) parentPort?.postMessage({ ...held, heldMs });
  }
}

/** A full disk costs the name of who held the loop; this thread goes on, or nobody would end the process. */
function onDisk(step: () => void): void {
  try {
    step();
  } catch {
    // the held thread cannot log it, and a commit that fails for the same reason does
  }
}

onDisk(() => forgetHeldLoop(data));
setInterval(look, POLL_MS);
