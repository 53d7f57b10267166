import { fileURLToPath } from 'node:url';
import { constants } from 'node:os';
import { connectionLimit, descriptorLimit } from '@mailbeam/router/config';
import type { Config } from '@mailbeam/router/config';
import { CliError } from '../cli-error.js';
import { configFor } from '../config-in-force.js';
import type { ConfigFlags } from '../config-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { NodeSupervisor } from './node-supervisor.js';
import type { NodeOutcome } from './node-supervisor.js';
import { tryPort } from './port-trial.js';
import { readyJson, readyText } from './ready-text.js';
import { StopSignals } from './stop-signals.js';
import { tryStore, tryStoreLeftOpen } from './store-trial.js';

export interface StartFlags extends ConfigFlags {
  readonly json?: boolean;
}

/**
 * `mailbeam start`: the parent process of the node, whose main file is `entry`. Returns its exit status when the node has
 * ended for good.
 * @throws CliError when the configuration or the ports do not allow a start.
 */
export async function startCommand(flags: StartFlags, output: Output, entry = nodeEntry()): Promise<ExitStatus> {
  const { config } = await configFor(flags);
  const limit = connectionLimit(config.limits.connections, descriptorLimit());
  if (limit.connections === 0) throw new CliError(ExitCode.NOT_STARTED, limit.warning);
  if (limit.warning !== '') output.note(`warning: ${limit.warning}`);
  await tryPort(config.host, config.port, '--port');
  await tryPort(config.admin.host, config.admin.port, '--admin-port');
  await tryStoreLeftOpen(config.data, output);
  return superviseUntilEnd(entry, config, flags.json === true, output);
}

/** Runs the node until it has ended for good; the signals of this process drain it, a second one ends it. */
async function superviseUntilEnd(entry: string, config: Config, json: boolean, output: Output): Promise<ExitStatus> {
  let announced = false;
  const supervisor = new NodeSupervisor(entry, config, {
    up: (ports, pid, restarts) => {
      if (restarts > 0) output.note(`the node is up again (process ${pid}, restart ${restarts})`);
      if (announced) return;
      announced = true;
      output.line(json ? readyJson(ports) : readyText(config, ports, output));
    },
    tryStore: () => tryStore(config.data),
    down: (death, delayMs) => {
      const when = delayMs === 0 ? 'now' : `in ${delayMs} ms`;
      output.note(`the node died (${death}); it is started again ${when}`);
    },
  });

  const stop = new StopSignals(supervisor, (signal) => {
    if (!json) output.note(`${signal}: draining; once more ends it at once`);
  });
  try {
    return ended(await supervisor.finished, stop.last, output);
  } finally {
    stop.release();
  }
}

function ended(outcome: NodeOutcome, signal: NodeJS.Signals | undefined, output: Output): ExitStatus {
  switch (outcome.kind) {
    case 'drained':
      return ExitCode.OK;
    case 'killed':
      return 128 + constants.signals[signal ?? 'SIGTERM'];
    case 'drain_timeout':
      output.note('the drain was not over in time; the node was ended. What it accepted is on disk');
      return ExitCode.DRAIN_TIMEOUT;
    case 'drain_failed':
      throw new CliError(
        ExitCode.ERROR,
        `the node died while it drained (${outcome.death}); what it accepted is on disk`,
      );
    case 'not_started':
      throw new CliError(
        ExitCode.NOT_STARTED,
        `the node could not be started: ${coded(outcome.message, outcome.code)}`,
      );
    case 'gave_up':
      throw new CliError(
        ExitCode.GAVE_UP,
        `the node died too often; the last time: ${outcome.lastDeath}`,
        'the log above tells why; restart.intensity and restart.periodMs set the limit',
      );
  }
}

/** Says the code, unless the message ends with it already, as that of a trial read does. */
const coded = (message: string, code: string): string =>
  code === '' || message.endsWith(`(${code})`) ? message : `${message} (${code})`;

function nodeEntry(): string {
  return fileURLToPath(import.meta.resolve('@mailbeam/router/node-main'));
}
