import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  Backup,
  Compaction,
  Migration,
  Restoration,
  Salvage,
  StoreReport,
} from '@mailbeam/router/store-maintenance';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/** Work on data directories that no router has open. */
export type StoreJob =
  | { readonly type: 'check' | 'compact' | 'migrate' | 'try'; readonly data: string }
  | { readonly type: 'backup'; readonly data: string; readonly to: string }
  | { readonly type: 'restore'; readonly data: string; readonly backup: string }
  | { readonly type: 'salvage'; readonly data: string; readonly to: string };

/** What comes of each kind of job. */
export interface StoreResults {
  readonly backup: Backup;
  readonly check: StoreReport;
  readonly compact: Compaction;
  readonly migrate: Migration;
  readonly restore: Restoration;
  readonly salvage: Salvage;
  readonly try: void;
}

/** How far a job has come: a salvage tells messages alone. */
export interface JobProgress {
  readonly rows?: number;
  readonly messages: number;
}

/** What the process of a job sends: progress, then a result or why there is none. */
export type StoreMessage =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

/** A job that failed with a code of the store. */
export class StoreJobError extends CliError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(code === 'store_corrupt' ? ExitCode.STORE_DAMAGED : ExitCode.ERROR, `${message} (${code})`);
    this.name = 'StoreJobError';
    this.code = code;
  }
}

const entry = fileURLToPath(new URL('store-process.js', import.meta.url));

/**
 * Runs a job in a process of its own: a damaged file can end the process that maps it (SIGBUS, SIGSEGV), and then the
 * command is still there to say so.
 * @throws StoreJobError
 */
export function runStoreJob<J extends StoreJob>(
  job: J,
  onProgress: (progress: JobProgress) => void = () => undefined,
): Promise<StoreResults[J['type']]> {
  const child = fork(entry, [JSON.stringify(job)], { stdio: ['ignore', 2, 2, 'ipc'] });
  return new Promise((resolve, reject) => {
    child.on('message', (message: StoreMessage) => {
      switch (message.type) {
        case 'progress':
          onProgress(message.progress);
          break;
        case 'result':
          resolve(message.result as StoreResults[J['type']]);
          break;
        case 'failed':
          reject(new StoreJobError(message.code, message.message));
          break;
      }
    });
    child.once('error', reject);
    // After a result or a failure this changes nothing. The exit may be heard before the last message.
    child.once('exit', (_, signal) => {
      const ended = (): void => reject(endedBy(signal, job.type === 'restore' ? job.backup : job.data));
      if (child.connected) child.once('disconnect', ended);
      else ended();
    });
  });
}

/** What a damaged data file ends a process with that maps it. */
export const nativeCrashes: ReadonlySet<NodeJS.Signals> = new Set(['SIGBUS', 'SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGFPE']);

const remedy =
  'keep the directory as it is; `mailbeam store restore` takes a backup, `mailbeam store salvage` what is readable';

function endedBy(signal: NodeJS.Signals | null, data: string): StoreJobError {
  if (signal !== null && nativeCrashes.has(signal))
    return new StoreJobError(
      'store_corrupt',
      `the data on disk is damaged: reading ${data} ended the process with ${signal}; ${remedy}`,
    );
  return new StoreJobError(
    'killed',
    `the process that read ${data} was ended${signal === null ? '' : ` by ${signal}`}`,
  );
}
