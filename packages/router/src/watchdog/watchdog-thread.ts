/** The thread of the watchdog: see watchdog.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { awaitBeat, readHeartbeat } from '@mailbeam/actors';
import { forgetHeldLoop, noteHeldLoop } from './held-loop.js';
import type { HeldLoop } from './held-loop.js';
import { LoopWatch, POLL_MS, REST_MS } from './loop-watch.js';
import type { Verdict } from './loop-watch.js';
import type { WatchdogData } from './watchdog.js';

const { heartbeat, data, limitMs } = workerData as WatchdogData;
const watch = new LoopWatch(limitMs);
/** What was held for less is not worth a line in the log. */
const TOLD_MS = 250;
/** Beats closer to each other follow each other. */
const SOON_MS = 100;
let held: HeldLoop | undefined;

function look(looks = 1): Verdict {
  const { beats, inTurn, actor } = readHeartbeat(heartbeat);
  const heldMs = watch.heldMs;
  const verdict = watch.look(beats, inTurn, looks);
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
  return verdict;
}

/**
 * Looks every {@link POLL_MS} while turns follow each other, and sleeps while they do not: a beat that wakes it costs the
 * node a call of the system, so one that came soon after the last has it look by itself, until nothing comes as long.
 */
function keepLooking(): never {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let followMs = 0; ;) {
    if (followMs <= 0 && watch.mayRest) {
      const since = performance.now();
      const isBeat = awaitBeat(heartbeat, REST_MS);
      if (isBeat && performance.now() - since < SOON_MS) followMs = SOON_MS;
      look(isBeat ? 1 : REST_MS / POLL_MS);
    } else {
      Atomics.wait(nobody, 0, 0, POLL_MS);
      const isMoving = look() === 'moves';
      followMs = isMoving && followMs > 0 ? SOON_MS : followMs - POLL_MS;
    }
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
// it waits for nothing but beats; a terminate() ends the wait
keepLooking();
