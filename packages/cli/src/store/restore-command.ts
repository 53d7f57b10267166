import path from 'node:path';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { showRead, showingCopy, sizeOf } from './copy-progress.js';
import { count } from './count.js';
import { dataDirectory, hasStore } from './data-directory.js';
import type { StoreFlags } from './data-directory.js';
import { runStoreJob } from './store-job.js';

/** `mailbeam store restore`: puts a backup into a data directory that has no store. */
export async function restoreCommand(dir: string, flags: StoreFlags, output: Output): Promise<ExitStatus> {
  const data = await dataDirectory(flags);
  const backup = path.resolve(dir);
  if (!hasStore(backup))
    throw new CliError(ExitCode.ERROR, `there is no backup in ${backup}`, '`mailbeam store backup DIR` makes one');
  const copy = path.join(data, 'restore.tmp', 'data.mdb');
  const { created, pending } = await showingCopy(copy, sizeOf(path.join(backup, 'data.mdb')), output, () =>
    runStoreJob({ type: 'restore', data, backup }, showRead(output)),
  );
  if (flags.json === true) output.line(JSON.stringify({ data, created, pending }));
  else output.line(`${data}: restored; ${count(pending.messages)} messages wait, the store was made ${created}`);
  return ExitCode.OK;
}
