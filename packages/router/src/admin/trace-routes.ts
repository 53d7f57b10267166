import { z } from 'zod';
import type { Tracing, TracesView } from '../traces/tracing.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

const LONGEST_MS = 86_400_000;
const TIME = `must be a whole number from 1 to ${LONGEST_MS}`;
const SHARE = 'must be a number from 0 to 1';

const changeSchema = z.strictObject({
  sample: z.number(SHARE).min(0, SHARE).max(1, SHARE),
  forMs: z.int(TIME).min(1, TIME).max(LONGEST_MS, TIME).optional(),
});

const NOWHERE =
  'spans have nowhere to go: set `traces.endpoint` to the address of a collector, and start the router again';

/** Which share of the messages is traced; forgotten when the router ends. */
export function traceRoutes(tracing: Tracing, onChange: (change: object) => void): AdminRoute[] {
  const view = (): AdminAnswer => ({ status: 200, body: tracing.view satisfies TracesView });
  return [
    { method: 'GET', path: '/traces', handle: view },
    {
      method: 'PUT',
      path: '/traces',
      handle: async (_params, _query, body) => {
        const change = changeSchema.safeParse(body);
        if (!change.success) {
          const [issue] = change.error.issues;
          const detail = `${issue!.path.map(String).join('.')} ${issue!.message}`.trim();
          return { status: 400, body: { error: 'bad_option', detail } };
        }
        if (!tracing.isPossible) return { status: 409, body: { error: 'no_collector', detail: NOWHERE } };
        const { sample, forMs = null } = change.data;
        onChange(change.data);
        await tracing.set(sample, forMs);
        return view();
      },
    },
  ];
}
