import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it looks whether the node is idle. */
const LOOK_MS = 5_000;
/** The event loop is idle below this share of its time. */
const IDLE_UTILIZATION = 0.05;
/** The heap must have grown so much, at least, since it was smallest after the last collection. */
const GROWN_BYTES = 4 << 20;
const GROWN_SHARE = 0.1;
/** A collection that would hold the loop longer is left to V8, which does it in slices. */
const MOST_PAUSE_MS = 100;
/** Assumed before the first one was measured: 0.5 ms a MiB, of which 0.3 were seen. */
const MS_PER_BYTE = 0.5 / (1 << 20);

/** What it looks at and does; the process's own by default. */
export interface IdleCollectionHost {
  /** Monotonic ms. */
  now(): number;
  /** The event loop's share of busy time since the last call, 0 to 1. */
  utilization(): number;
  /** What V8 has taken from the system for its heap. */
  heapBytes(): number;
  collect(): void;
}

/**
 * Collects garbage while nobody waits, as a BEAM process does when it hibernates. V8 gives memory back only when it
 * collects, and it collects only when the heap grows: a burst of logins would keep twice what its connections need for as
 * long as they are quiet (docs/decisions/0011).
 */
export class IdleCollection {
  readonly #host: IdleCollectionHost;
  #lookAt: number;
  #smallestBytes = 0;
  /** V8 shrinks its young generation only in a collection that finds that little was allocated since the one before. */
  #givesBack = false;
  #msPerByte = MS_PER_BYTE;

  constructor(host: IdleCollectionHost = processHost()) {
    this.#host = host;
    this.#lookAt = host.now() + LOOK_MS;
  }

  /** Called a few times a second. */
  tick(): void {
    const host = this.#host;
    const now = host.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_MS;
    if (host.utilization() > IDLE_UTILIZATION) return;
    const before = host.heapBytes();
    this.#smallestBytes = Math.min(this.#smallestBytes, before);
    const hasGrown = before - this.#smallestBytes >= Math.max(GROWN_BYTES, this.#smallestBytes * GROWN_SHARE);
    if ((!hasGrown && !this.#givesBack) || before * this.#msPerByte > MOST_PAUSE_MS) return;
    host.collect();
    this.#msPerByte = (host.now() - now) / before;
    this.#smallestBytes = host.heapBytes();
    this.#givesBack = !this.#givesBack;
  }
}

function processHost(): IdleCollectionHost {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  let last = performance.eventLoopUtilization();
  return {
    now: () => performance.now(),
    utilization() {
      const before = last;
      last = performance.eventLoopUtilization();
      return performance.eventLoopUtilization(last, before).utilization;
    },
    heapBytes: () => getHeapStatistics().total_heap_size,
    collect,
  };
}
