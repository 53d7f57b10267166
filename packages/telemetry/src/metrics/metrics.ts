import { Registry } from 'prom-client';
import type { OpenMetricsContentType } from 'prom-client';
import { prefersOpenMetrics } from './accept.js';

/** One scrape, as the admin interface answers it. */
export interface Scrape {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The metrics in both formats. They are registered once for each, because a registry of OpenMetrics renames what it
 * holds; nothing is kept twice, as all is read at the scrape.
 */
export class Metrics {
  readonly #prometheus = new Registry();
  readonly #openMetrics: Registry<OpenMetricsContentType> = new Registry();

  constructor(register: (registry: Registry) => void) {
    this.#openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    register(this.#prometheus);
    // a registry is bound to its content type in the types alone
    register(this.#openMetrics as unknown as Registry);
  }

  /** @param accept the header `Accept` of the request */
  async scrape(accept: string | undefined): Promise<Scrape> {
    const registry = prefersOpenMetrics(accept) ? this.#openMetrics : this.#prometheus;
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  /** Names, without suffixes. */
  get names(): string[] {
    return this.#prometheus.getMetricsAsArray().map(({ name }) => name);
  }
}
