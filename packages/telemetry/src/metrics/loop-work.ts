import { performance } from 'node:perf_hooks';

/** For how long the event loop has worked, at most, by what is counted anyway: no timer needs to run for it. */
export class LoopWork {
  #active = active();
  #cpu = cpu();
  #sum = 0;

  /**
   * Ms since this is there, of which none was spent waiting. libuv loses waiting time when a signal interrupts it, as those
   * of a profiler do: the processor time of the process bounds it then.
   */
  ms(): number {
    const [activeNow, cpuNow] = [active(), cpu()];
    this.#sum += Math.max(0, Math.min(activeNow - this.#active, cpuNow - this.#cpu));
    this.#active = activeNow;
    this.#cpu = cpuNow;
    return this.#sum;
  }
}

function active(): number {
  return performance.eventLoopUtilization().active;
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
