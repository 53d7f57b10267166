import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { dataWithStore } from './data-directory.js';
import type { StoreFlags } from './data-directory.js';
import { runStoreJob } from './store-job.js';

/** `mailbeam store migrate`: brings the store of an older version up to date. */
export async function migrateCommand(flags: StoreFlags, output: Output): Promise<ExitStatus> {
  const data = await dataWithStore(flags);
  const { from, to } = await runStoreJob({ type: 'migrate', data });
  if (flags.json === true) output.line(JSON.stringify({ data, from, to }));
  else output.line(from === to ? `${data}: is of version ${to} already` : `${data}: from version ${from} to ${to}`);
  return ExitCode.OK;
}
