import { Worker } from 'node:worker_threads';
import { hostBeat } from '@mailbeam/actors';
import type { HeldLoop } from './held-loop.js';

export interface WatchdogOptions {
  /** The data directory, where the thread notes who holds the loop. */
  readonly data: string;
  /** So long the loop may be held, ms. */
  readonly limitMs: number;
  /** Called when a loop that was held moves again. */
  readonly onHeld: (held: HeldLoop) => void;
  /** The thread has ended, which it must not: nobody watches any more. */
  readonly onLost: (error: Error) => void;
}

/** What the thread is given. */
export interface WatchdogData {
  readonly heartbeat: SharedArrayBuffer;
  readonly data: string;
  readonly limitMs: number;
}

const HEARTBEAT_BYTES = 64 * 1024;

/**
 * A handler that never returns cannot be stopped in its own thread. Another thread watches the beats of the node; where
 * they stop it writes to `DATA/held-loop.json` which actor, behaviour and version holds the loop, and ends the process after
 * `limitMs`. The parent starts it again and says what the note says.
 */
export class Watchdog {
  /** For the actor system, to write its beats to. */
  readonly heartbeat = new SharedArrayBuffer(HEARTBEAT_BYTES);
  #worker: Worker | undefined;

  /** Begins to watch; from now on the loop must move. */
  start({ data, limitMs, onHeld, onLost }: WatchdogOptions): void {
    const workerData: WatchdogData = { heartbeat: this.heartbeat, data, limitMs };
    const worker = new Worker(new URL('watchdog-thread.js', import.meta.url), {
      name: 'watchdog',
      workerData,
      // none of the process's own options: a profile or a debugger is meant for the node
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    this.#worker = worker;
    worker.on('message', onHeld);
    worker.on('error', onLost);
    worker.unref();
  }

  /** The event loop moves; called a few times a second. */
  tick(): void {
    hostBeat(this.heartbeat);
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }
}
