import { HandlerError } from '@mailbeam/handler';
import type { LaneSelf } from './service-desk.js';
import type { ServiceVersion } from './service-version.js';

/** Runs the tasks of services off the event loop. */
export interface Offloader {
  /**
   * Runs `tasks[task](input)` of a version in a worker, for an actor: ended when the actor ends.
   * Rejects with a HandlerError (`offload_failed`, `offload_timeout`, `offload_busy`).
   */
  run(
    version: ServiceVersion,
    task: string,
    input: unknown,
    timeoutMs: number | undefined,
    actor: LaneSelf,
  ): Promise<unknown>;
}

/** For a router without worker threads. */
export const noOffloader: Offloader = {
  run: () => Promise.reject(new HandlerError('offload_failed', 'this router has no threads for tasks')),
};
