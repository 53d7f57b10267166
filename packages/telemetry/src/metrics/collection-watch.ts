import { GCProfiler } from 'node:v8';
import { FixedHistogram, turnSeconds } from './fixed-histogram.js';

const QUIET_TICKS = 4;

/**
 * The garbage collections of this process, by their duration. V8's profiler notes each in native code, and is read a few
 * times a second: an observer of `perf_hooks` would be called for each, and cost four times as much.
 */
export class CollectionWatch {
  readonly #seconds = new FixedHistogram(turnSeconds);
  #profiler = started();
  #ticksLeft = 0;

  /** All since it is there, s. */
  get seconds(): FixedHistogram {
    this.read();
    return this.#seconds;
  }

  /**
   * Takes over what was noted; called a few times a second, for each collection takes 3 KB until then. Where there was none
   * for a while, it is looked at less often.
   */
  tick(): void {
    if (--this.#ticksLeft > 0) return;
    const before = this.#seconds.count;
    this.read();
    this.#ticksLeft = this.#seconds.count === before ? QUIET_TICKS : 0;
  }

  /** Takes over what was noted. */
  read(): void {
    const profiler = this.#profiler;
    // begun before the other one ends, so that none is missed
    this.#profiler = started();
    for (const { cost } of profiler.stop().statistics) this.#seconds.observe(cost / 1e6);
  }

  close(): void {
    this.#profiler.stop();
  }
}

function started(): GCProfiler {
  const profiler = new GCProfiler();
  profiler.start();
  return profiler;
}
