/** CPU-heavy work in threads of its own (BEAM: dirty schedulers). For Node only; not part of the core. */
import { availableParallelism } from 'node:os';
import type { Piscina as Threads } from 'piscina';
import { defineBehaviour, type Behaviour, type Self } from './behaviour.js';
import { ActorError } from './errors.js';
import type { From, MonitorRef, RequestRef, TimerRef } from './info.js';
import { peerPackage } from './peer-package.js';
import type { Pid } from './pid.js';
import type { ActorSystem } from './system-types.js';

const { Piscina } = await peerPackage('piscina', '^5.3.2', () => import('piscina'));

/** What an offload pool is spawned with. */
export interface OffloadOptions {
  /** A JavaScript module; each function that it exports is a task of that name, of one input, sync or async. Input and result are copied (structured clone). */
  readonly tasks: URL | string;
  /** Most tasks that run at a time, each in a thread of its own. Integer from 1. Default: the cores but one, at least 1. */
  readonly threads?: number;
  /** Most tasks that wait for a thread; one more is refused with `queue_full`. Integer from 0. Default 100. */
  readonly maxQueue?: number;
  /** Most ms from asking to result, waiting included, where the task does not say its own. From 1, default 30,000. */
  readonly timeoutMs?: number;
  /** A thread with nothing to do ends after this many ms. From 0, default 10,000. */
  readonly idleMs?: number;
  /** Most MiB of a thread's heap; a task that needs more fails with `thread_lost`. Integer from 4. Default: Node's. */
  readonly maxHeapMb?: number;
}

export const offloadDefaults = Object.freeze({
  threads: Math.max(1, availableParallelism() - 1),
  maxQueue: 100,
  timeoutMs: 30_000,
  idleMs: 10_000,
});

/**
 * Why a task has no result:
 * - `queue_full`: as many tasks wait as may. Later it may succeed.
 * - `timeout`: no result in its time. The task has been stopped, even in an endless loop.
 * - `task_failed`: it threw, there is no task of that name, or input or result cannot be copied. `message` says which.
 * - `thread_lost`: its thread ended under it, out of memory for example.
 */
export type OffloadFailure = 'queue_full' | 'timeout' | 'task_failed' | 'thread_lost';

/** What comes of a task. */
export type OffloadResult<R = unknown> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly code: OffloadFailure; readonly message: string };

/** How one task is run. */
export interface TaskOptions {
  /** As the pool's, for this task. `Infinity`: no limit. */
  readonly timeoutMs?: number;
  /** Parts of the input that are moved, not copied: the sender loses them. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** Numbers of one pool. */
export interface OffloadInfo {
  readonly running: number;
  readonly queued: number;
  /** Tasks with a result, those with a failure (but `queue_full`), those refused with `queue_full`, and those whose actor ended before. */
  readonly completed: number;
  readonly failed: number;
  readonly refused: number;
  readonly cancelled: number;
}

class TaskRequest {
  readonly task: string;
  readonly input: unknown;
  readonly options: TaskOptions;
  readonly by: Pid | null;
  constructor(task: string, input: unknown, options: TaskOptions, by: Pid | null) {
    this.task = task;
    this.input = input;
    this.options = options;
    this.by = by;
  }
}

/** A task under way. */
interface Job {
  readonly from: From;
  readonly abort: AbortController;
  monitor: MonitorRef | null;
  timer: TimerRef | null;
}

interface Settled {
  readonly job: Job;
  readonly result: OffloadResult;
}

interface PoolState {
  readonly threads: Threads;
  readonly filename: string;
  readonly most: number;
  readonly mostRunning: number;
  readonly timeoutMs: number;
  readonly jobs: Set<Job>;
  readonly byMonitor: Map<MonitorRef, Job>;
  readonly counts: { completed: number; failed: number; refused: number; cancelled: number };
}

/**
 * The behaviour of a pool of threads. Spawn it under a supervisor, with a name; it ends its threads when it ends, however it ends.
 * @throws ActorError `bad_option`, in `init`
 * @example
 * { id: 'images', behaviour: offloadPool, arg: { tasks: new URL('./image-tasks.js', import.meta.url) }, name: 'images' }
 */
export const offloadPool: Behaviour<OffloadOptions, PoolState, Settled> = defineBehaviour<
  OffloadOptions,
  PoolState,
  Settled
>({
  name: 'offload-pool',
  version: '1',

  init(given, self) {
    const options = resolve(given);
    self.trapExit(true); // so that the parent's order to end comes to `terminate`
    const threads = new Piscina({
      minThreads: 1, // with 0, nothing replaces a thread that was stopped while others wait
      maxThreads: options.threads,
      idleTimeout: options.idleMs,
      maxQueue: Infinity, // the bound is ours: it says `queue_full`
      recordTiming: false,
      ...(options.maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb } }),
    });
    threads.on('error', ignore); // a thread that ends without a task; one that ends under a task fails that task
    self.system.monitor(self.pid, () => void threads.destroy().catch(ignore)); // `terminate` is not asked after `kill`
    return {
      threads,
      filename: String(options.tasks),
      most: options.threads + options.maxQueue,
      mostRunning: options.threads,
      timeoutMs: options.timeoutMs,
      jobs: new Set(),
      byMonitor: new Map(),
      counts: { completed: 0, failed: 0, refused: 0, cancelled: 0 },
    };
  },

  handleCall(request, pool, self, from) {
    if (request === infoRequest) return void self.reply(from, infoOf(pool));
    if (!(request instanceof TaskRequest)) {
      self.reply(from, failure('task_failed', 'an offload pool takes what offload and awaitOffload send'));
    } else if (pool.jobs.size >= pool.most) {
      pool.counts.refused += 1;
      self.reply(from, failure('queue_full', `${pool.most} tasks run or wait`));
    } else begin(pool, self, request, from);
  },

  handleMessage({ job, result }, pool, self) {
    if (!finish(pool, self, job)) return; // it came too late
    pool.counts[result.ok ? 'completed' : 'failed'] += 1;
    self.reply(job.from, result);
  },

  handleInfo(info, pool, self) {
    if (info.type === 'DOWN') {
      const job = pool.byMonitor.get(info.ref);
      if (!job || !finish(pool, self, job)) return;
      pool.counts.cancelled += 1;
      job.abort.abort();
    } else if (info.type === 'TIMEOUT') {
      const job = info.tag as Job;
      if (!finish(pool, self, job)) return;
      pool.counts.failed += 1;
      job.abort.abort();
      self.reply(job.from, failure('timeout', 'the task had no result in its time, and was stopped'));
    }
  },

  async terminate(_reason, pool) {
    await pool.threads.destroy();
  },
});

/**
 * Has `pool` run `task`; the result comes to `handleInfo` as a `REPLY` whose `reply` is an {@link OffloadResult} (`ok: false` in the `REPLY` itself: the pool has ended, or there is none).
 * If this actor ends first, the task is stopped and its thread is free.
 * @throws ActorError `bad_option`
 */
export function offload(
  self: Self<never>,
  pool: Pid<never> | string,
  task: string,
  input: unknown,
  options: TaskOptions = {},
): RequestRef {
  checkTaskOptions(options);
  return self.sendRequest(pool, new TaskRequest(task, input, options, self.pid), Infinity);
}

/**
 * As {@link offload}, for async callbacks and for code outside of actors (which cannot end, so that only time stops its tasks).
 * Rejects with an `ActorError` (`noproc`, `exit`) when the pool has ended.
 */
export function awaitOffload<R = unknown>(
  caller: Self<never> | ActorSystem,
  pool: Pid<never> | string,
  task: string,
  input: unknown,
  options: TaskOptions = {},
): Promise<OffloadResult<R>> {
  checkTaskOptions(options);
  const by = 'pid' in caller ? caller.pid : null;
  return caller.call<OffloadResult<R>>(pool, new TaskRequest(task, input, options, by), Infinity);
}

const infoRequest = Symbol('offload info');

/** The numbers of a pool. Rejects as {@link ActorSystem.call} does. */
export function offloadInfo(caller: Self<never> | ActorSystem, pool: Pid<never> | string): Promise<OffloadInfo> {
  return caller.call<OffloadInfo>(pool, infoRequest);
}

const ignore = (): void => undefined;

function failure(code: OffloadFailure, message: string): OffloadResult<never> {
  return { ok: false, code, message };
}

function begin(pool: PoolState, self: Self<Settled>, request: TaskRequest, from: From): void {
  const job: Job = { from, abort: new AbortController(), monitor: null, timer: null };
  pool.jobs.add(job);
  const { timeoutMs = pool.timeoutMs, transfer = [] } = request.options;
  if (timeoutMs !== Infinity) job.timer = self.startTimer(timeoutMs, job);
  if (request.by) {
    job.monitor = self.monitor(request.by);
    pool.byMonitor.set(job.monitor, job);
  }
  const settle = (result: OffloadResult): void => void self.system.send(self.pid, { job, result });
  pool.threads
    .run(request.input, {
      filename: pool.filename, // not given to the threads at their start: a module that does not load would leave its tasks waiting
      name: request.task,
      signal: job.abort.signal,
      transferList: [...transfer],
    })
    .then(
      (value: unknown) => settle({ ok: true, value }),
      (error: unknown) => settle(failureOf(error, request.task)),
    );
}

/** The task is over. `false`: it has been before. */
function finish(pool: PoolState, self: Self<Settled>, job: Job): boolean {
  if (!pool.jobs.delete(job)) return false;
  if (job.timer) self.cancelTimer(job.timer);
  if (job.monitor) {
    self.demonitor(job.monitor);
    pool.byMonitor.delete(job.monitor);
  }
  return true;
}

/** What crosses from a thread is not always an `Error` of this realm. */
function failureOf(error: unknown, task: string): OffloadResult<never> {
  const { name = '', message = '', code = '' } = (error ?? {}) as { name?: string; message?: string; code?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || /^worker exited/i.test(message))
    return failure('thread_lost', `task ${task}: ${message}`);
  return failure('task_failed', `task ${task}: ${name || 'Error'}: ${message || 'its result cannot be copied'}`);
}

function infoOf(pool: PoolState): OffloadInfo {
  const running = Math.min(pool.jobs.size, pool.mostRunning);
  return { running, queued: pool.jobs.size - running, ...pool.counts };
}

const ranges = {
  threads: [1, 1_024],
  maxQueue: [0, 1_000_000],
  timeoutMs: [1, 2_147_483_647],
  idleMs: [0, 2_147_483_647],
  maxHeapMb: [4, 1_048_576],
} as const;

type Resolved = typeof offloadDefaults & { readonly tasks: URL | string; readonly maxHeapMb?: number };

function resolve(given: OffloadOptions): Resolved {
  for (const [key, value] of Object.entries(given ?? {})) {
    if (key === 'tasks' || value === undefined) continue;
    if (!(key in ranges)) throw new ActorError('bad_option', `unknown offload option ${key}`);
    const [low, high] = ranges[key as keyof typeof ranges];
    if (!Number.isInteger(value) || value < low || value > high)
      throw new ActorError('bad_option', `${key} is ${String(value)}, must be an integer from ${low} to ${high}`);
  }
  if (!(given?.tasks instanceof URL) && (typeof given?.tasks !== 'string' || given.tasks === ''))
    throw new ActorError('bad_option', 'tasks must be the URL or the path of a module');
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...offloadDefaults, ...(set as { tasks: URL | string }) };
}

function checkTaskOptions({ timeoutMs, transfer, ...unknown }: TaskOptions): void {
  for (const key of Object.keys(unknown)) throw new ActorError('bad_option', `unknown task option ${key}`);
  if (timeoutMs !== undefined && !(timeoutMs === Infinity || (timeoutMs >= 1 && timeoutMs <= 2_147_483_647)))
    throw new ActorError('bad_option', `timeoutMs is ${String(timeoutMs)}, must be from 1 to 2147483647, or Infinity`);
  if (transfer !== undefined && !Array.isArray(transfer))
    throw new ActorError('bad_option', 'transfer must be an array');
}
