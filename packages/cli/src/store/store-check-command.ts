import type { StoreReport } from '@mailbeam/router/store-maintenance';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { count } from './count.js';
import { dataWithStore } from './data-directory.js';
import type { StoreFlags } from './data-directory.js';
import { runStoreJob } from './store-job.js';

/** `mailbeam store check`: counts everything again, in a process of its own. */
export async function storeCheckCommand(flags: StoreFlags, output: Output): Promise<ExitStatus> {
  const data = await dataWithStore(flags);
  const report = await runStoreJob({ type: 'check', data }, ({ rows, messages }) =>
    output.progress(`${count(rows)} rows, ${count(messages)} messages read`),
  );
  if (flags.json === true) output.line(JSON.stringify(report));
  else for (const line of reportLines(report, data, output)) output.line(line);
  return report.clean ? ExitCode.OK : ExitCode.STORE_DAMAGED;
}

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
    `  ${count(report.rows)} rows, ${count(report.logBlocks)} blocks of the log; ${report.closedInGoodOrder ? 'closed in good order' : 'in use, or not closed in good order'}`,
  ];
}
