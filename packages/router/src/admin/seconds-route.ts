import type { SecondsView } from '../telemetry/seconds.js';
import type { AdminRoute } from './admin-server.js';

/** The last ten minutes second by second; with `after` what is newer than that second. */
export function secondsRoute(recent: { after(number: number): SecondsView }): AdminRoute {
  return {
    method: 'GET',
    path: '/seconds',
    handle(_params, query) {
      const after = Number(query.get('after') ?? 0);
      if (!Number.isInteger(after) || after < 0)
        return { status: 400, body: { error: 'bad_option', detail: 'after is the number of a second' } };
      return { status: 200, body: recent.after(after) };
    },
  };
}
