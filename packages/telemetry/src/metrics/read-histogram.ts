import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { FixedHistogram } from './fixed-histogram.js';

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A histogram of the registry that reads what somebody else has counted. */
export class ReadHistogram extends Histogram {
  readonly #source: FixedHistogram;
  readonly #name: string;
  readonly #help: string;

  constructor(name: string, help: string, source: FixedHistogram, registry: Registry) {
    super({ name, help, buckets: [...source.bounds], registers: [] });
    this.#source = source;
    this.#name = name;
    this.#help = help;
    registry.registerMetric(this);
  }

  /** What the registry, and `get`, ask for; prom-client's types do not name it. */
  getForPromString(): Promise<{ name: string; help: string; type: 'histogram'; aggregator: 'sum'; values: Sample[] }> {
    const { bounds, counts, sum } = this.#source;
    const [name, help] = [this.#name, this.#help];
    const bucket = `${name}_bucket`;
    let count = 0;
    const values: Sample[] = bounds.map((le, i) => {
      count += counts[i]!;
      return { metricName: bucket, labels: { le }, value: count };
    });
    count += counts[bounds.length]!;
    values.push({ metricName: bucket, labels: { le: '+Inf' }, value: count });
    values.push({ metricName: `${name}_sum`, labels: {}, value: sum });
    values.push({ metricName: `${name}_count`, labels: {}, value: count });
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }
}
