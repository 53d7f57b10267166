import path from 'node:path';
import type { Backup } from '@mailbeam/router/store-maintenance';
import { adminAccess } from '../admin-access.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { showRead, showingCopy, sizeOf } from './copy-progress.js';
import { count, megabytes } from './count.js';
import { dataWithStore } from './data-directory.js';
import type { RunningStoreFlags } from './data-directory.js';
import { routerBackup } from './router-backup.js';
import { StoreJobError, runStoreJob } from './store-job.js';

/** `mailbeam store backup`: copies the store, of a running router or of none, and reads the copy whole. */
export async function backupCommand(dir: string, flags: RunningStoreFlags, output: Output): Promise<ExitStatus> {
  const to = path.resolve(dir);
  const { bytes } = await backup(to, flags, output);
  const { problems, pending } = await runStoreJob({ type: 'check', data: to }, showRead(output));
  if (problems.length > 0)
    throw new CliError(
      ExitCode.STORE_DAMAGED,
      `${to} was written and is not right: ${problems[0]}`,
      '`mailbeam store check` on the data directory tells whether the store is damaged; remove the copy',
    );
  if (flags.json === true) output.line(JSON.stringify({ dir: to, bytes, pending }));
  else output.line(`${to}: ${count(pending.messages)} messages wait, ${megabytes(bytes)}`);
  return ExitCode.OK;
}

/** Without a router the command does it itself. */
async function backup(to: string, flags: RunningStoreFlags, output: Output): Promise<Backup> {
  if (flags.admin !== undefined) return routerBackup(await adminAccess(flags), to, output);
  const data = await dataWithStore(flags);
  try {
    const size = sizeOf(path.join(data, 'data.mdb'));
    const work = (): Promise<Backup> => runStoreJob({ type: 'backup', data, to });
    return await showingCopy(path.join(to, 'data.mdb'), size, output, work);
  } catch (error) {
    if (!(error instanceof StoreJobError) || error.code !== 'store_in_use') throw error;
    return routerBackup(await adminAccess(flags), to, output);
  }
}
