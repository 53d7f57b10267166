import type { Command } from 'commander';
import { configCommand } from './config-command.js';
import type { ConfigCommandFlags } from './config-command.js';
import { addConfigFlags } from './config-flags.js';
import type { ExitStatus } from './exit-code.js';
import type { Output } from './output.js';
import { startCommand } from './start/start-command.js';
import type { StartFlags } from './start/start-command.js';
import { statusCommand } from './status-command.js';
import type { StatusFlags } from './status-command.js';

/** Adds every command to the program; each hands its exit status to `done`. */
export function addCommands(program: Command, output: Output, done: (status: ExitStatus) => void): void {
  addStart(program, output, done);
  addStatus(program, output, done);
  addConfig(program, output, done);
}

type Done = (status: ExitStatus) => void;

function addStart(program: Command, output: Output, done: Done): void {
  const command = addConfigFlags(program.command('start').summary('start a router'))
    .description(
      'Starts a router and keeps it running: a node that dies is started again on the same ports. Results go to standard output, the log to standard error.',
    )
    .option('--json', 'print one line when ready: {"ready":true,"port":N,"adminPort":N,"pid":N}')
    .action(async (flags: StartFlags) => done(await startCommand(flags, output)));
  examples(command, [
    ['mailbeam start', 'ws://127.0.0.1:4000, admin on 4001, messages in ./data'],
    ['mailbeam start --port 0 --admin-port 0 --json', 'free ports, told in one line of JSON'],
    ['MAILBEAM_LIMITS_RATE=50 mailbeam start', 'any key of the configuration, by its variable'],
  ]);
  note(command, [
    'SIGTERM, SIGINT: no new connections, clients are told to go, everything is flushed, exit 0 within 5 s.',
    'A second one ends it at once; what was accepted is kept.',
    'Exit codes: 0 drained, 2 configuration, 6 the node could not be started, 7 it died too often, 8 drain not over in time.',
  ]);
}

function addStatus(program: Command, output: Output, done: Done): void {
  const command = addAdminFlags(program.command('status').summary('how a router is'))
    .description('Asks the admin port of a running router how it is.')
    .option('--json', 'print the answer as it is')
    .action(async (flags: StatusFlags) => done(await statusCommand(flags, output)));
  examples(command, [
    ['mailbeam status', 'of the router that this directory is configured for'],
    ['mailbeam status --admin http://127.0.0.1:5001 --data /srv/mailbeam', 'of another one on this machine'],
    ['mailbeam status --json | jq .pendingMessages', 'for scripts'],
  ]);
}

function addConfig(program: Command, output: Output, done: Done): void {
  const command = addConfigFlags(program.command('config').summary('the configuration in force'))
    .description(
      'Prints every key, its value, and where the value comes from: default, file, environment or flag; the later wins.',
    )
    .option('--json', 'print an object with file, config and sources')
    .option('--describe', 'print what every key means, its default and what is allowed, and stop')
    .action(async (flags: ConfigCommandFlags) => done(await configCommand(flags, output)));
  examples(command, [
    ['mailbeam config', 'what `mailbeam start` would use here'],
    ['MAILBEAM_PORT=5000 mailbeam config --config other.json', 'with a variable and a file'],
  ]);
}

function addAdminFlags(command: Command): Command {
  return command
    .option('--admin <url>', 'the admin port (default: from the configuration, http://127.0.0.1:4001)')
    .option('--admin-token <token>', 'its token (default: the file admin.token in the data directory)')
    .option('--data <dir>', 'data directory of the router (default ./data)')
    .option('--config <file>', 'configuration file (default mailbeam.config.json or .ts in this directory)');
}

function examples(command: Command, lines: readonly (readonly [command: string, meaning: string])[]): void {
  const width = Math.min(60, Math.max(...lines.map(([text]) => text.length)));
  const shown = lines.map(([text, meaning]) => `  ${text.padEnd(width)}  ${meaning}`);
  command.addHelpText('after', ['', 'Examples:', ...shown].join('\n'));
}

function note(command: Command, lines: readonly string[]): void {
  command.addHelpText('after', ['', ...lines].join('\n'));
}
