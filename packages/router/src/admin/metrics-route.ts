import type { Telemetry } from '@mailbeam/telemetry';
import type { AdminRoute } from './admin-server.js';

/** What Prometheus scrapes: text or OpenMetrics, as `Accept` prefers. Without a token, as the admin port is on loopback alone. */
export function metricsRoute(telemetry: Telemetry): AdminRoute {
  return {
    method: 'GET',
    path: '/metrics',
    open: true,
    async handle(_params, _query, _body, { accept }) {
      const { contentType, text } = await telemetry.scrape(accept);
      return { status: 200, type: contentType, text };
    },
  };
}
