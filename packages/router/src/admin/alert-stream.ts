import type { Follower, Telemetry } from '@mailbeam/telemetry';
import { LineQueue } from '../inspect/line-queue.js';
import type { AdminStream } from './admin-stream.js';

/**
 * Alerts as server-sent events: what fires, then each change. Undefined when too many follow already.
 * @param lastEventId the header `Last-Event-ID` of a client that comes again
 */
export function alertStream(telemetry: Telemetry, lastEventId: string | string[] | undefined): AdminStream | undefined {
  const { events, alerts } = telemetry;
  const queue = new LineQueue<string>();
  const follower: Follower = {
    write(text) {
      queue.push(text);
      return queue.dropped === 0;
    },
    close: () => queue.end(''),
  };
  const firing = alerts.alerts().map((alert) => ({ type: 'firing' as const, alert }));
  if (!events.follow(follower, typeof lastEventId === 'string' ? lastEventId : undefined, firing)) return undefined;
  return {
    status: 200,
    type: 'text/event-stream; charset=utf-8',
    async *chunks(gone) {
      const end = (): void => queue.end('');
      gone.addEventListener('abort', end);
      if (gone.aborted) end();
      try {
        yield* queue;
      } finally {
        gone.removeEventListener('abort', end);
        events.unfollow(follower);
      }
    },
  };
}
