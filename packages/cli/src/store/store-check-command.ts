import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreReport } from '@mailbeam/router/store-check';
import { CliError } from '../cli-error.js';
import { configFor } from '../config-in-force.js';
import type { ConfigFlags } from '../config-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import type { CheckMessage } from './check-process.js';

export interface StoreCheckFlags extends Pick<ConfigFlags, 'data' | 'config'> {
  readonly json?: boolean;
}

/** The data file of the store within the data directory. */
const dataFile = 'data.mdb';

/** `mailbeam store check`: counts everything again, in a process of its own. */
export async function storeCheckCommand(flags: StoreCheckFlags, output: Output): Promise<ExitStatus> {
  const { config } = await configFor(flags);
  if (!existsSync(path.join(config.data, dataFile))) {
    throw new CliError(
      ExitCode.ERROR,
      `there is no store in ${config.data}`,
      '--data DIR names the data directory of the router',
    );
  }
  const report = await checkedBy(fileURLToPath(new URL('check-process.js', import.meta.url)), config.data, output);
  if (flags.json === true) output.line(JSON.stringify(report));
  else for (const line of reportLines(report, config.data, output)) output.line(line);
  return report.clean ? ExitCode.OK : ExitCode.STORE_DAMAGED;
}

function checkedBy(entry: string, data: string, output: Output): Promise<StoreReport> {
  const child = fork(entry, [data], { stdio: ['ignore', 2, 2, 'ipc'] });
  return new Promise((resolve, reject) => {
    child.on('message', (message: CheckMessage) => {
      switch (message.type) {
        case 'progress':
          output.progress(`${count(message.progress.rows)} rows, ${count(message.progress.messages)} messages read`);
          break;
        case 'report':
          resolve(message.report);
          break;
        case 'failed':
          reject(failure(message.code, message.message));
          break;
      }
    });
    child.once('error', reject);
    // After a report or a failure this changes nothing.
    child.once('exit', (_, signal) => {
      const how = signal === null ? 'ended the process' : `ended the process with ${signal}`;
      reject(new CliError(ExitCode.STORE_DAMAGED, `${data} is damaged: reading it ${how}`));
    });
  });
}

function failure(code: string, message: string): CliError {
  return new CliError(code === 'store_corrupt' ? ExitCode.STORE_DAMAGED : ExitCode.ERROR, `${message} (${code})`);
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

function count(value: number): string {
  return value.toLocaleString('en-US');
}
