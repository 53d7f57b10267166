import type { HistoryReader } from '../telemetry/history-reader.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

const LONGEST_MS = 6 * 3_600_000;
const MOST_POINTS = 2_000;
const MOST_COLUMNS = 100;

/** What the activity recorder has written, thinned out for a chart. `mailbeam sar` reads all of it. */
export function historyRoute(history: Pick<HistoryReader, 'read'>): AdminRoute {
  return {
    method: 'GET',
    path: '/history',
    handle: async (_params, query) => {
      const sinceMs = Number(query.get('sinceMs') ?? 3_600_000);
      const points = Number(query.get('points') ?? 360);
      const columns = (query.get('columns') ?? '').split(',').filter((name) => name !== '');
      if (!Number.isInteger(sinceMs) || sinceMs < 1_000 || sinceMs > LONGEST_MS)
        return refused(
          400,
          'bad_option',
          `sinceMs is a whole number from 1,000 to ${LONGEST_MS}: mailbeam sar reads more`,
        );
      if (!Number.isInteger(points) || points < 1 || points > MOST_POINTS)
        return refused(400, 'bad_option', `points is a whole number from 1 to ${MOST_POINTS}`);
      if (columns.length === 0 || columns.length > MOST_COLUMNS)
        return refused(
          400,
          'bad_option',
          `columns names 1 to ${MOST_COLUMNS} columns, such as router.accepted,cpu.user`,
        );
      const reading = history.read({ sinceMs, points, columns });
      if (reading === undefined)
        return refused(429, 'too_many_readers', 'others read the history: ask again in a moment');
      return { status: 200, body: await reading };
    },
  };
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
