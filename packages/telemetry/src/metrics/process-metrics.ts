import { PerformanceObserver } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { counter, gauge, single } from './instruments.js';
import { FixedHistogram, turnSeconds } from './fixed-histogram.js';
import { ReadHistogram } from './read-histogram.js';

/** The process itself, under the names that Prometheus clients use. prom-client's own set has names that promtool refuses. */
export class ProcessMetrics {
  readonly #collections = new FixedHistogram(turnSeconds);
  readonly #observer: PerformanceObserver;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#collections.observe(duration / 1_000);
    });
    this.#observer.observe({ entryTypes: ['gc'] });
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
    new ReadHistogram('nodejs_gc_duration_seconds', 'Garbage collections.', this.#collections, registry);
  }

  close(): void {
    this.#observer.disconnect();
  }
}
