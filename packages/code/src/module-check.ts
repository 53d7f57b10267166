import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ModuleDescription } from '@mailbeam/handler';
import type { CheckData, CheckMessage, CheckStage, MigrateRequest, Migration } from './check-messages.js';
import type { Cancel, CodeClock } from './clock.js';
import { count } from './figures.js';
import { CodeError, messageOf } from './errors.js';
import type { CodeErrorCode } from './errors.js';
import type { SharedModules } from './shared-modules.js';

export interface CheckOptions {
  readonly timeoutMs: number;
  readonly heapMb: number;
  readonly clock: CodeClock;
}

/** By the package's own name: JavaScript also where this file runs as TypeScript. */
const workerFile = createRequire(import.meta.url).resolve('@mailbeam/code/check-worker');

interface Waiter {
  readonly resolve: (message: CheckMessage) => void;
  readonly reject: (error: CodeError) => void;
}

/**
 * One module in a thread of its own, where it may loop or allocate for ever: the thread has a time limit and a heap of its
 * own and is ended. First `describe`, then perhaps `migrate`, always `end`.
 */
export class ModuleCheck {
  readonly #worker: Worker;
  readonly #options: CheckOptions;
  #stage: CheckStage | 'migrating' = 'loading';
  #waiter: Waiter | undefined;
  #limit: Cancel | undefined;
  #failure: CodeError | undefined;

  constructor(code: string, file: string, requires: readonly string[], shared: SharedModules, options: CheckOptions) {
    this.#options = options;
    const workerData: CheckData = {
      code,
      file,
      // Own specifiers are found from the worker's own place; what is no shared module is for its `require` to refuse.
      shared: requires
        .filter((id) => shared.has(id) || ownShared.has(id))
        .map((id) => [id, shared.get(id)?.url ?? ''] as const),
    };
    this.#worker = new Worker(workerFile, {
      name: 'check',
      workerData,
      execArgv: [],
      // What it prints is nobody's to read here, and must not mix with the log.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: options.heapMb, maxYoungGenerationSizeMb: 16 },
    });
    this.#worker.unref();
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('message', (message: CheckMessage) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#fail(this.#workerError(error)));
    this.#worker.on('exit', (code_) =>
      this.#fail(new CodeError('check_failed', `it ended its thread (exit code ${code_})`)),
    );
  }

  /** @throws CodeError `check_failed`, `check_timeout`, `bad_module`, `self_test_failed` */
  async describe(): Promise<ModuleDescription> {
    const message = await this.#next();
    if (message.type === 'checked') return message.description;
    if (message.type === 'bad_module') throw new CodeError('bad_module', message.problems.join('; '));
    if (message.type === 'threw')
      throw new CodeError(codeOf(message.stage), `${during[message.stage]}: ${message.message}`);
    throw new CodeError('check_failed', `unexpected ${message.type}`);
  }

  /** @throws CodeError `check_failed`, `check_timeout` */
  async migrate(request: MigrateRequest): Promise<Migration> {
    this.#stage = 'migrating';
    const answer = this.#next();
    this.#worker.postMessage(request);
    const message = await answer;
    if (message.type === 'migrated') return message.migration;
    throw new CodeError('check_failed', `unexpected ${message.type}`);
  }

  async end(): Promise<void> {
    this.#limit?.();
    await this.#worker.terminate();
  }

  #next(): Promise<CheckMessage> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiter = { resolve, reject };
      this.#limit = this.#options.clock.after(this.#options.timeoutMs, () => this.#fail(this.#timeout()));
    });
  }

  #onMessage(message: CheckMessage): void {
    if (message.type === 'stage') this.#stage = message.stage;
    else this.#take()?.resolve(message);
  }

  #fail(error: CodeError): void {
    this.#failure ??= error;
    this.#take()?.reject(this.#failure);
  }

  #take(): Waiter | undefined {
    this.#limit?.();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    return waiter;
  }

  #timeout(): CodeError {
    const limit = `${count(this.#options.timeoutMs)} ms`;
    return new CodeError('check_timeout', `${during[this.#stage]} for more than ${limit}`);
  }

  #workerError(error: unknown): CodeError {
    if ((error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
      return new CodeError('check_failed', `${during[this.#stage]} it took more than ${this.#options.heapMb} MiB`);
    return new CodeError(codeOf(this.#stage), `${during[this.#stage]}: ${messageOf(error)}`, error);
  }
}

/** What modules may import without being handed in. */
export const ownShared: ReadonlySet<string> = new Set(['@mailbeam/handler', '@mailbeam/actors']);

const during = { loading: 'while it was loaded', self_test: 'in its selfTest', migrating: 'in codeChange' };

const codeOf = (stage: CheckStage | 'migrating'): CodeErrorCode =>
  stage === 'self_test' ? 'self_test_failed' : 'check_failed';
