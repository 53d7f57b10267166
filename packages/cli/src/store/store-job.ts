import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CheckProgress, Migration, StoreReport } from '@mailbeam/router/store-maintenance';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/** Work on a data directory that no router has open. */
export interface StoreJob {
  readonly type: keyof StoreResults;
  readonly data: string;
}

/** What comes of each kind of job. */
export interface StoreResults {
  readonly check: StoreReport;
  readonly migrate: Migration;
  readonly try: void;
}

/** What the process of a job sends: progress, then a result or why there is none. */
export type StoreMessage =
  | { readonly type: 'progress'; readonly progress: CheckProgress }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

const entry = fileURLToPath(new URL('store-process.js', import.meta.url));

/**
 * Runs a job in a process of its own: a damaged file can end the process that maps it (SIGBUS, SIGSEGV), and then the
 * command is still there to say so.
 * @throws CliError STORE_DAMAGED or ERROR
 */
export function runStoreJob<J extends StoreJob>(
  job: J,
  onProgress: (progress: CheckProgress) => void = () => undefined,
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
          reject(failure(message.code, message.message));
          break;
      }
    });
    child.once('error', reject);
    // After a result or a failure this changes nothing.
    child.once('exit', (_, signal) => {
      const how = signal === null ? 'ended the process' : `ended the process with ${signal}`;
      const message = `the data on disk is damaged: reading ${job.data} ${how}; ${damagedRemedy} (store_corrupt)`;
      reject(new CliError(ExitCode.STORE_DAMAGED, message));
    });
  });
}

/** What helps with a store that cannot be read. */
const damagedRemedy =
  'keep the directory as it is; `mailbeam store restore` takes a backup, `mailbeam store salvage` what is readable';

function failure(code: string, message: string): CliError {
  return new CliError(code === 'store_corrupt' ? ExitCode.STORE_DAMAGED : ExitCode.ERROR, `${message} (${code})`);
}
