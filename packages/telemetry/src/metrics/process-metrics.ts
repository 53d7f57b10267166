import type { Registry } from 'prom-client';
import { CollectionWatch } from './collection-watch.js';
import { FixedHistogram, heldSeconds } from './fixed-histogram.js';
import { counter, gauge, single } from './instruments.js';
import { BEAT_MS, LoopHold } from './loop-hold.js';
import { LoopWork } from './loop-work.js';
import { ReadHistogram } from './read-histogram.js';

/** The process itself, under the names that Prometheus clients use. prom-client's own set has names that promtool refuses. */
export class ProcessMetrics {
  readonly #watch = new CollectionWatch();
  readonly #held = new FixedHistogram(heldSeconds);
  readonly #work = new LoopWork();
  readonly #hold = new LoopHold(performance.now(), () => this.#work.ms());
  #longest = 0;
  readonly #beat = setTimeout(() => this.#beaten(), BEAT_MS).unref();
  #isBusy = false;
  #isClosed = false;

  /** Garbage collections, s, up to this moment. */
  get collections(): FixedHistogram {
    return this.#watch.seconds;
  }

  /** Something has come that the node works on: from now on, and as long as this is called, the loop is looked at closely. */
  busy(): void {
    this.#isBusy = true;
    if (this.#hold.rests) this.#resume();
  }

  #resume(): void {
    this.#hold.resume(performance.now());
    this.#beatAgain();
  }

  #beatAgain(): void {
    if (!this.#isClosed) this.#beat.refresh(); // it would set a timer that was cleared, too
  }

  #beaten(): void {
    this.#hold.beat(performance.now(), this.#isBusy);
    this.#isBusy = false;
    if (!this.#hold.rests) this.#beatAgain();
  }

  /** Ends a quarter of a second. */
  tick(): void {
    this.#watch.tick();
    const rested = this.#hold.rests;
    const seconds = this.#hold.take(performance.now()) / 1_000;
    if (rested && !this.#hold.rests) this.#beatAgain();
    this.#held.observe(seconds);
    this.#longest = Math.max(this.#longest, seconds);
  }

  /** The longest time that the event loop was held in the quarters that have ended since this was asked last, s. */
  takeLongestHold(): number {
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }

  /** Brings what was noted up to date, before it is scraped. */
  refresh(): void {
    this.#watch.read();
  }

  register(registry: Registry): void {
    const startedAt = Date.now() / 1_000 - process.uptime();
    counter(registry, 'process_cpu_seconds_total', 'User and system CPU time.', [], () => {
      const { user, system } = process.cpuUsage();
      return single((user + system) / 1e6);
    });
    gauge(registry, 'process_start_time_seconds', 'Start of the process, Unix time.', [], () => single(startedAt));
    gauge(registry, 'process_resident_memory_bytes', 'Resident memory.', [], () => single(process.memoryUsage.rss()));
    gauge(registry, 'nodejs_heap_size_bytes', 'Size of the JavaScript heap.', [], () =>
      single(process.memoryUsage().heapTotal),
    );
    gauge(registry, 'nodejs_heap_used_bytes', 'Used part of the JavaScript heap.', [], () =>
      single(process.memoryUsage().heapUsed),
    );
    gauge(registry, 'nodejs_external_memory_bytes', 'Memory of buffers outside of the heap.', [], () =>
      single(process.memoryUsage().external),
    );
    new ReadHistogram(
      'mailbeam_loop_held_seconds',
      'The longest time that the event loop was held at a stretch, in each quarter of a second.',
      this.#held,
      registry,
    );
    new ReadHistogram('nodejs_gc_duration_seconds', 'Garbage collections.', this.collections, registry);
  }

  close(): void {
    this.#watch.close();
    this.#isClosed = true;
    clearTimeout(this.#beat);
  }
}
