import type { Profiler, ProfileSummary } from '../profile/profiler.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';
import type { AdminStream } from './admin-stream.js';

const LEAST_MS = 10;
const LONGEST_MS = 120_000;
const LEAST_INTERVAL_US = 100;
const MOST_INTERVAL_US = 1_000_000;

/** A line of the answer; after `begun` comes `summary` and then `profile`, or `failed`. */
export type ProfileLine =
  | { readonly type: 'begun' }
  | ({ readonly type: 'summary' } & ProfileSummary)
  | { readonly type: 'profile'; readonly profile: object }
  | { readonly type: 'failed'; readonly detail: string };

/** A CPU profile of the node while it runs, and where the time went. */
export function profileRoutes(profiler: Profiler, onBegun: (forMs: number) => void): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/profile',
      handle: (_params, query) => {
        const forMs = Number(query.get('forMs') ?? 10_000);
        const intervalUs = Number(query.get('intervalUs') ?? 1_000);
        if (!Number.isInteger(forMs) || forMs < LEAST_MS || forMs > LONGEST_MS)
          return refused(400, 'bad_option', `forMs is a whole number from ${LEAST_MS} to ${LONGEST_MS}`);
        if (!Number.isInteger(intervalUs) || intervalUs < LEAST_INTERVAL_US || intervalUs > MOST_INTERVAL_US)
          return refused(
            400,
            'bad_option',
            `intervalUs is a whole number from ${LEAST_INTERVAL_US} to ${MOST_INTERVAL_US}`,
          );
        if (profiler.isBusy) return refused(409, 'profile_under_way', 'the node is being profiled already');
        onBegun(forMs);
        return profileStream(profiler, forMs, intervalUs);
      },
    },
  ];
}

function profileStream(profiler: Profiler, forMs: number, intervalUs: number): AdminStream {
  return {
    status: 200,
    type: 'application/x-ndjson; charset=utf-8',
    async *chunks(gone) {
      for await (const message of profiler.run(forMs, intervalUs, gone)) {
        if (message.type !== 'done') {
          yield `${JSON.stringify(message)}\n`;
          continue;
        }
        yield `${JSON.stringify({ type: 'summary', ...message.summary })}\n{"type":"profile","profile":`;
        yield* message.chunks; // as the thread wrote it: megabytes are not read and written again here
        yield '}\n';
      }
    },
  };
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
