import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StoreReport } from '@mailbeam/router/store-maintenance';
import { adminAccess } from '../admin-access.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { showRead } from './copy-progress.js';
import { count } from './count.js';
import { dataWithStore } from './data-directory.js';
import type { RunningStoreFlags } from './data-directory.js';
import { routerBackup } from './router-backup.js';
import { StoreJobError, runStoreJob } from './store-job.js';

/** Begins the name of the directory that holds a copy while it is read; one that was killed may leave it. */
const copyPrefix = 'check.tmp.';

/** `mailbeam store check`: counts everything again, in a process of its own. */
export async function storeCheckCommand(flags: RunningStoreFlags, output: Output): Promise<ExitStatus> {
  const data = await dataWithStore(flags);
  const report = await checked(data, output).catch((error: unknown) => {
    if (!(error instanceof StoreJobError) || error.code !== 'store_in_use') throw error;
    return checkedBeside(data, flags, output);
  });
  if (flags.json === true) output.line(JSON.stringify(report));
  else for (const line of reportLines(report, data, output)) output.line(line);
  return report.clean ? ExitCode.OK : ExitCode.STORE_DAMAGED;
}

function checked(data: string, output: Output): Promise<StoreReport> {
  return runStoreJob({ type: 'check', data }, showRead(output));
}

/** No other process may open the store of a running router (docs/decisions/0010): it makes a copy, and that is read. */
async function checkedBeside(data: string, flags: RunningStoreFlags, output: Output): Promise<StoreReport> {
  const access = await adminAccess(flags);
  for (const name of await readdir(data)) if (name.startsWith(copyPrefix)) await remove(path.join(data, name));
  const copy = path.join(data, `${copyPrefix}${process.pid}`);
  try {
    await routerBackup(access, copy, output);
    return await checked(copy, output);
  } finally {
    await remove(copy);
  }
}

const remove = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });

function reportLines(report: StoreReport, data: string, output: Output): string[] {
  const { pending, ledger } = report;
  const verdict = report.clean
    ? output.style('green', `${data}: everything agrees`)
    : output.style('red', `${data}: problems found: ${report.problems.length}`);
  return [
    verdict,
    ...report.problems.map((problem) => `  ${problem}`),
    `  ${count(pending.messages)} messages wait (${count(pending.bytes)} bytes), ${count(report.receipts)} receipts, ${count(report.clients)} clients`,
    `  ${count(ledger.accepted)} accepted = ${count(ledger.delivered)} delivered + ${count(ledger.failed)} failed + ${count(pending.messages)} pending`,
    `  ${count(report.rows)} rows, ${count(report.logBlocks)} blocks of the log; ${report.closedInGoodOrder ? 'closed in good order' : 'open, or not closed in good order'}`,
  ];
}
