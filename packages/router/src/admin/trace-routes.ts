import { z } from 'zod';
import type { Tracing, TracesView } from '../traces/tracing.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

const LONGEST_MS = 86_400_000;

const changeSchema = z.strictObject({
  sample: z.number().min(0).max(1),
  forMs: z.int().min(1).max(LONGEST_MS).optional(),
});

const NOWHERE =
  'spans have nowhere to go: set `traces.endpoint` to the address of a collector, and start the router again';

/** Which share of the messages is traced; forgotten when the node ends. */
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
