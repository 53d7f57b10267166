import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Values of one metric, by their labels. */
export type Samples = Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;

/** A gauge that is read at each scrape. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: () => Samples,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}

/** A counter whose total is read at each scrape. */
export function counter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: () => Samples,
): void {
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}

/** One value without labels. */
export function single(value: number): Samples {
  return [[{}, value]];
}
