import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CpuProfile } from './cpu-profile.js';
import type { ProfiledModule, TimeSplit } from './handler-times.js';

/** What a profile cost the node. */
export interface ProfileCost {
  readonly samples: number;
  /** So long the event loop was held at the beginning and at the end, ms. */
  readonly startMs: number;
  readonly stopMs: number;
  /** CPU of V8's thread that takes the samples, ms, in steps of 10; 0 where the system does not tell. */
  readonly samplerMs: number;
  /** Of the profile. */
  readonly bytes: number;
}

/** Where the time of the event loop went while it was profiled. */
export interface ProfileSummary extends TimeSplit {
  readonly profiledMs: number;
  readonly cost: ProfileCost;
}

/** What a profile tells. */
export type ProfileMessage =
  | { readonly type: 'begun' }
  | { readonly type: 'done'; readonly summary: ProfileSummary; readonly chunks: readonly string[] }
  | { readonly type: 'failed'; readonly detail: string };

/** What the thread is given. */
export interface ProfileData {
  readonly profile: CpuProfile;
  /** The directory of the bundles: scripts of handler modules are called `NAME@VERSION.cjs` there. */
  readonly bundles: string;
  /** Modules of the router itself, by the URLs of their scripts. */
  readonly builtIns: Readonly<Record<string, ProfiledModule>>;
}

/** What the thread answers. */
export interface WorkedUp {
  readonly profiledMs: number;
  readonly split: TimeSplit;
  readonly chunks: readonly string[];
}

/**
 * Profiles the thread of the node while it runs, one profile at a time; what comes out is worked up in another thread. V8's sampler is a
 * thread of its own: a handler that holds the event loop meanwhile is in the profile, which then lasts until it returns.
 *
 * The inspector is connected from the profiled thread itself: connected from another, its end aborted the process now and then (Node 20).
 */
export class Profiler {
  readonly #bundles: string;
  readonly #builtIns: ProfileData['builtIns'];
  #isBusy = false;

  /** @param data the data directory */
  constructor(data: string, builtIns: ProfileData['builtIns']) {
    this.#bundles = join(data, 'code', 'bundles') + '/';
    this.#builtIns = builtIns;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /**
   * Yields `begun`, then `done` or `failed`; nothing more once `gone` is aborted.
   * @param gone aborted: nobody waits for it any more, and it ends early
   */
  async *run(forMs: number, intervalUs: number, gone: AbortSignal): AsyncGenerator<ProfileMessage> {
    this.#isBusy = true;
    try {
      yield* this.#messages(forMs, intervalUs, gone);
    } finally {
      this.#isBusy = false;
    }
  }

  async *#messages(forMs: number, intervalUs: number, gone: AbortSignal): AsyncGenerator<ProfileMessage> {
    const session = new Session();
    session.connect();
    let profile: CpuProfile;
    let measured: Pick<ProfileCost, 'startMs' | 'stopMs' | 'samplerMs'>;
    try {
      await post(session, 'Profiler.enable');
      await post(session, 'Profiler.setSamplingInterval', { interval: intervalUs });
      const begun = performance.now();
      await post(session, 'Profiler.start');
      const startMs = performance.now() - begun;
      yield { type: 'begun' };
      await passed(forMs, gone);
      const samplerMs = samplerCpuMs();
      const ending = performance.now();
      ({ profile } = (await post(session, 'Profiler.stop')) as { profile: CpuProfile });
      measured = { startMs, stopMs: performance.now() - ending, samplerMs };
    } catch (error) {
      yield { type: 'failed', detail: error instanceof Error ? error.message : String(error) };
      return;
    } finally {
      session.disconnect(); // ends a profile that is under way, too
    }
    if (gone.aborted) return;
    const workerData: ProfileData = { profile, bundles: this.#bundles, builtIns: this.#builtIns };
    const worker = new Worker(new URL('profile-thread.js', import.meta.url), {
      ...{ name: 'profile', workerData, execArgv: [] },
    });
    const [{ profiledMs, split, chunks }] = (await once(worker, 'message')) as [WorkedUp];
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    const cost: ProfileCost = { samples: profile.samples.length, ...measured, bytes };
    yield { type: 'done', summary: { profiledMs, ...split, cost }, chunks };
  }
}

function post(session: Session, method: string, params: object = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.post(method, params, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(new Error(`${method}: ${error.message}`));
    });
  });
}

/** Resolves after that time, or when nobody waits any more. */
function passed(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      gone.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    gone.addEventListener('abort', end);
    if (gone.aborted) end();
  });
}

const TICK_MS = 10;

/** CPU time of the threads by which V8 takes samples, ms; 0 where the system does not tell. */
function samplerCpuMs(): number {
  try {
    return readdirSync('/proc/self/task').reduce((sum, task) => {
      const stat = readFileSync(`/proc/self/task/${task}/stat`, 'latin1');
      const end = stat.lastIndexOf(')');
      if (!stat.slice(0, end).includes('(v8:Prof')) return sum;
      const fields = stat.slice(end + 2).split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }, 0);
  } catch {
    return 0;
  }
}
