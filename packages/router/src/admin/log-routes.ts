import { z } from 'zod';
import { logAreas, logLevels } from '../log/log.js';
import type { Logs } from '../log/levels.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

const LONGEST_MS = 86_400_000;
const TIME = `must be a whole number from 1 to ${LONGEST_MS}`;

const changeSchema = z.strictObject({
  level: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`),
  area: z.enum(logAreas, `must be one of ${logAreas.join(', ')}`).optional(),
  forMs: z.int(TIME).min(1, TIME).max(LONGEST_MS, TIME).optional(),
});

/** What `GET /log` and `PUT /log` answer. */
export interface LogView {
  readonly areas: Logs['levels'];
}

/** How much is written to the log, by area; forgotten when the router ends. */
export function logRoutes(logs: Logs): AdminRoute[] {
  const view = (): AdminAnswer => ({ status: 200, body: { areas: logs.levels } satisfies LogView });
  return [
    { method: 'GET', path: '/log', handle: view },
    {
      method: 'PUT',
      path: '/log',
      handle: (_params, _query, body) => {
        const change = changeSchema.safeParse(body);
        if (!change.success) {
          const [issue] = change.error.issues;
          const detail = `${issue!.path.map(String).join('.')} ${issue!.message}`.trim();
          return { status: 400, body: { error: 'bad_option', detail } };
        }
        const { level, area = null, forMs = null } = change.data;
        // before it takes effect: a log that is to be silent says so
        logs.of('admin').info({ log: change.data }, 'an operator changes what is logged');
        logs.set(level, area, forMs);
        return view();
      },
    },
  ];
}
