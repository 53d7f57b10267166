import { supervisor } from '@mailbeam/actors';
import type { ActorSystem, Pid } from '@mailbeam/actors';
import { awaitOffload, offloadPool } from '@mailbeam/actors/offload';
import type { OffloadFailure } from '@mailbeam/actors/offload';
import { HandlerError } from '@mailbeam/handler';
import type { HandlerErrorCode } from '@mailbeam/handler';
import type { Offloader } from './offloader.js';
import type { LaneSelf } from './service-desk.js';
import type { ServiceVersion } from './service-version.js';
import type { TaskInput } from './task-worker.js';

const POOL = 'offload';
/** Most MiB of a thread's heap. */
const MAX_HEAP_MB = 512;

const CODES: Readonly<Record<OffloadFailure, HandlerErrorCode>> = {
  queue_full: 'offload_busy',
  timeout: 'offload_timeout',
  task_failed: 'offload_failed',
  thread_lost: 'offload_failed',
};

/** One pool of threads for the tasks of all services of a node; started when the first one is asked for. */
export class ThreadOffloader implements Offloader {
  #system: ActorSystem | null = null;
  #supervisor: Pid | null = null;

  async run(
    version: ServiceVersion,
    task: string,
    input: unknown,
    timeoutMs: number | undefined,
    actor: LaneSelf,
  ): Promise<unknown> {
    const { name, module, bundle } = version;
    if (bundle === '' || module.tasks === undefined || !Object.hasOwn(module.tasks, task))
      throw new HandlerError('offload_failed', `service ${name} has no task '${task}' that a thread could load`);
    this.#start(actor.system);
    const request: TaskInput = { bundle, task, input };
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const result = await awaitOffload(actor, POOL, 'runTask', request, options);
    if (result.ok) return result.value;
    throw new HandlerError(CODES[result.code], `service ${name}, task ${task}: ${result.message}`);
  }

  #start(system: ActorSystem): void {
    if (this.#supervisor !== null) return;
    this.#system = system;
    const tasks = new URL('task-worker.js', import.meta.url);
    const pool = { id: POOL, behaviour: offloadPool, arg: { tasks, maxHeapMb: MAX_HEAP_MB }, name: POOL };
    this.#supervisor = system.spawn(
      supervisor({ strategy: 'one_for_one', intensity: 10, periodMs: 10_000, children: [pool as never] }),
      undefined,
      { class: 'system' },
    );
  }

  /** Ends the threads. */
  close(): void {
    if (this.#supervisor !== null) this.#system!.exit(this.#supervisor, 'shutdown');
    this.#supervisor = null;
  }
}
