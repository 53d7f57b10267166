import { GCProfiler } from 'node:v8';
import { FixedHistogram, turnSeconds } from './fixed-histogram.js';

/**
 * The garbage collections of this process, by their duration. V8's profiler notes each in native code, and is read a few
 * times a second: an observer of `perf_hooks` would be called for each, and cost four times as much.
 */
export class CollectionWatch {
  readonly #seconds = new FixedHistogram(turnSeconds);
  #profiler = started();

  /** All since it is there, s. */
  get seconds(): FixedHistogram {
    this.read();
    return this.#seconds;
  }

  /** Takes over what was noted; call it a few times a second, for each collection takes 3 KB until then. */
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
