import { performance } from 'node:perf_hooks';

/** What this process has used since it was started, and what its event loop did. */
export interface ProcessReading {
  /** CPU time, s. */
  readonly user: number;
  readonly system: number;
  readonly majorFaults: number;
  /** Context switches because it waited, and because others were to run. */
  readonly waits: number;
  readonly preemptions: number;
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  /** Time that the loop was not waiting, s. */
  readonly loopActive: number;
}

/** This process and its event loop. */
export function readProcess(): ProcessReading {
  const usage = process.resourceUsage();
  const memory = process.memoryUsage();
  return {
    user: usage.userCPUTime / 1e6,
    system: usage.systemCPUTime / 1e6,
    majorFaults: usage.majorPageFault,
    waits: usage.voluntaryContextSwitches,
    preemptions: usage.involuntaryContextSwitches,
    rss: memory.rss,
    heapUsed: memory.heapUsed,
    external: memory.external,
    loopActive: performance.eventLoopUtilization().active / 1_000,
  };
}
