import { existsSync } from 'node:fs';
import path from 'node:path';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import { StoreJobError, runStoreJob } from '../store/store-job.js';

/** Stands in the data directory from the opening of the store until it is closed in good order. */
const ownerFile = 'owner';

/**
 * Reads a store that was not closed in good order in a process of its own, before the node opens it: what is damaged there can
 * end a process without a word.
 * @throws CliError NOT_STARTED, which says what to do
 */
export async function tryStoreLeftOpen(data: string, output: Output): Promise<void> {
  if (!existsSync(path.join(data, ownerFile))) return;
  output.progress('the store was not closed in good order: it is read once before it is opened');
  try {
    await tryStore(data);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(ExitCode.NOT_STARTED, `the node could not be started: ${error.message}`, error.hint);
  }
}

/**
 * Reads the whole store, and changes nothing. Where somebody ends the process that reads, nothing was found.
 * @throws CliError when that fails, or native code ends the process
 */
export async function tryStore(data: string): Promise<void> {
  try {
    await runStoreJob({ type: 'try', data });
  } catch (error) {
    if (!(error instanceof StoreJobError) || error.code !== 'killed') throw error;
  }
}
