import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ProfiledModule, TimeSplit } from './handler-times.js';

/** What a profile cost the node. */
export interface ProfileCost {
  readonly samples: number;
  /** So long the event loop was held at the beginning and at the end, ms, at most: waiting for it is in it. */
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

/** What the thread sends. */
export type ProfileMessage =
  | { readonly type: 'begun' }
  | { readonly type: 'done'; readonly summary: ProfileSummary; readonly chunks: readonly string[] }
  | { readonly type: 'failed'; readonly detail: string };

/** What the thread is given. */
export interface ProfileData {
  readonly forMs: number;
  /** Time between two samples. */
  readonly intervalUs: number;
  /** The directory of the bundles: scripts of handler modules are called `NAME@VERSION.cjs` there. */
  readonly bundles: string;
  /** Modules of the router itself, by the URLs of their scripts. */
  readonly builtIns: Readonly<Record<string, ProfiledModule>>;
}

/**
 * Profiles the thread of the node while it runs, from another: starting and stopping interrupt what runs, also a handler that does not
 * return, and the profile is worked up beside the event loop. One at a time.
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
   * Yields what its thread tells, `done` or `failed` last.
   * @param gone aborted: nobody waits for it any more, and it ends early
   */
  async *run(forMs: number, intervalUs: number, gone: AbortSignal): AsyncGenerator<ProfileMessage> {
    this.#isBusy = true;
    try {
      yield* this.#messages({ forMs, intervalUs, bundles: this.#bundles, builtIns: this.#builtIns }, gone);
    } finally {
      this.#isBusy = false;
    }
  }

  async *#messages(workerData: ProfileData, gone: AbortSignal): AsyncGenerator<ProfileMessage> {
    const worker = new Worker(new URL('profile-thread.js', import.meta.url), {
      ...{ name: 'profile', workerData, execArgv: [] },
    });
    const come: ProfileMessage[] = [];
    let wake = (): void => undefined;
    const put = (message: ProfileMessage): void => {
      come.push(message);
      wake();
    };
    worker.on('message', put);
    worker.on('error', (error: unknown) => put({ type: 'failed', detail: String(error) }));
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        put({ type: 'failed', detail: 'its thread has ended' });
        resolve();
      });
    });
    // it stops V8's profiler before it ends; to end the thread would leave that to chance
    const stop = (): void => worker.postMessage('stop');
    gone.addEventListener('abort', stop);
    if (gone.aborted) stop();
    try {
      for (;;) {
        const message = come.shift();
        if (message === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        if (message.type !== 'begun') await ended;
        yield message;
        if (message.type !== 'begun') return;
      }
    } finally {
      gone.removeEventListener('abort', stop);
      stop();
      await ended;
    }
  }
}
