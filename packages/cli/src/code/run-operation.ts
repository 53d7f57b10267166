import type { Operation } from '@mailbeam/router';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { problemIn } from './code-access.js';
import type { CodeAccess } from './code-access.js';
import { problemLines } from './code-frame.js';
import { dryRunLines } from './dry-run-text.js';
import { follow } from './follow.js';
import { endLines, subjectOf } from './operation-text.js';
import { OperationView } from './operation-view.js';

export interface OperationFlags {
  readonly json?: boolean;
  readonly detach?: boolean;
  readonly by?: string;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Asks for an operation and shows it until it has ended; a signal ends the showing only. */
export async function runOperation(
  access: CodeAccess,
  ask: () => Promise<Operation>,
  flags: OperationFlags,
  output: Output,
): Promise<ExitStatus> {
  const started = await ask().catch((error: unknown) => refused(error, flags, output));
  if (started === undefined) return ExitCode.REFUSED;
  if (flags.detach === true) {
    output.line(flags.json === true ? JSON.stringify(started) : `${started.id}: it goes on in the router`);
    return ExitCode.OK;
  }
  const { last, signal } = await shownToItsEnd(access, started, output);
  if (!last.ended) {
    output.note(`${subjectOf(last)}: this ${last.what} goes on in the router (${last.id})`);
    output.note(`  \`mailbeam versions${last.name === undefined ? '' : ` ${last.name}`}\` shows where it is`);
    return signal;
  }
  if (flags.json === true) output.line(JSON.stringify(last));
  else showEnd(last, output);
  return statusOf(last);
}

/** @returns the operation as it was seen last, and 128 + the signal that came before its end */
async function shownToItsEnd(
  access: CodeAccess,
  started: Operation,
  output: Output,
): Promise<{ last: Operation; signal: ExitStatus }> {
  const stop = new AbortController();
  let signal: ExitStatus = ExitCode.OK;
  const onSignal = (_: NodeJS.Signals, number: number): void => {
    signal = 128 + number;
    stop.abort();
  };
  for (const name of stopSignals) process.on(name, onSignal);
  try {
    const last = await shown(access, started, stop.signal, output);
    return { last, signal };
  } finally {
    for (const name of stopSignals) process.off(name, onSignal);
  }
}

async function shown(access: CodeAccess, started: Operation, signal: AbortSignal, output: Output): Promise<Operation> {
  const view = new OperationView(output);
  let last = started;
  try {
    const onLost = (reason: string): void => output.note(`${reason}; asking again`);
    for await (const operation of follow(access, started, { signal, onLost })) view.show((last = operation));
    return last;
  } finally {
    view.close();
  }
}

function showEnd(operation: Operation, output: Output): void {
  const isResult = statusOf(operation) === ExitCode.OK;
  for (const line of endLines(operation, output)) {
    if (isResult) output.line(line);
    else output.note(line);
  }
  if (operation.dryRunReport === undefined) return;
  for (const line of dryRunLines(operation.dryRunReport, output)) output.line(line);
}

function statusOf(operation: Operation): ExitStatus {
  if (operation.phase === 'rolled_back') return ExitCode.ROLLED_BACK;
  return operation.phase === 'failed' ? ExitCode.REFUSED : ExitCode.OK;
}

/** Tells why there is no operation. @throws whatever is not an answer of the code server */
function refused(error: unknown, flags: OperationFlags, output: Output): undefined {
  const problem = problemIn(error);
  if (problem === undefined) throw error;
  if (problem.code === 'bad_option') throw new CliError(ExitCode.USAGE, problem.message, '', { cause: error });
  if (flags.json === true) output.line(JSON.stringify({ problem }));
  else for (const line of problemLines(problem, output)) output.note(line);
  if (problem.retryable) output.note('  the same command may succeed later');
  return undefined;
}
