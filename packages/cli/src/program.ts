import { Command, CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import { CommandHost } from './command-host.js';
import { addCommands } from './commands.js';
import { ExitCode } from './exit-code.js';
import type { ExitStatus } from './exit-code.js';
import type { Output } from './output.js';
import { packageVersion } from './version.js';

/**
 * Runs the command that `argv` (without node and script) names, to its end. Expected failures are told on standard error,
 * with what to do about them; they never throw.
 */
export async function runMailbeam(argv: readonly string[], output: Output): Promise<ExitStatus> {
  let status: ExitStatus = ExitCode.OK;
  const program = mailbeamProgram(output);
  const host = new CommandHost(output, (result) => {
    status = result;
  });
  addCommands(program, host);
  for (const command of program.commands) takeSettings(command);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    return failed(error, output);
  }
}

function mailbeamProgram(output: Output): Command {
  return new Command('mailbeam')
    .description('A message router: every message waits in its mailbox until its recipient has it.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('(-h shows the help)')
    .configureOutput({ writeErr: (text) => output.note(text.trimEnd()) })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', afterHelp);

  function afterHelp(): string {
    return [
      '',
      'Examples:',
      '  mailbeam start                                 a router on this machine, messages in ./data',
      '  mailbeam chat --as alice --to bob              talk to bob',
      '  mailbeam send --as alice --to bob "lunch?"     one message; it waits until bob takes it',
      '  mailbeam load handlers/echo.ts                 a handler module, live while everything runs',
      '  mailbeam COMMAND -h                            what a command can do',
      '',
      exitCodesText(),
    ].join('\n');
  }
}

/** The exit codes, as the help shows them. */
export function exitCodesText(): string {
  return [
    'Exit codes:',
    '  0  done (send: accepted)            6  start: the node could not be started',
    '  1  something unexpected             7  start: the node died too often',
    '  2  wrong usage or configuration     8  start: the drain was not over in time',
    '  3  send: rejected by the router     9  store: it is damaged',
    '  4  not reached, or no answer       10  load, rollback: refused, nothing was changed; test: failed',
    '  5  closed for good                 11  load, rollback: it was taken back',
  ].join('\n');
}

/** Subcommands of subcommands do not inherit what was set before they were added. */
function takeSettings(command: Command): void {
  command.exitOverride();
  if (command.commands.length > 0) suggestBelow(command);
  for (const sub of command.commands) takeSettings(sub.copyInheritedSettings(command));
}

/**
 * A word behind a command that has others below it, and does something by itself, is most often one of those, mistyped; commander
 * says that there are too many arguments.
 */
function suggestBelow(command: Command): void {
  if (command.registeredArguments.length > 0) return;
  command.allowExcessArguments();
  command.hook('preAction', async (_command, run) => {
    const [word] = run.args;
    if (run !== command || word === undefined) return;
    const { nearestName } = await import('@mailbeam/router/config');
    const meant = nearestName(
      word,
      command.commands.map((one) => one.name()),
    );
    const suggestion = meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
    command.error(`error: unknown command '${word}'${suggestion}`, { code: 'commander.unknownCommand' });
  });
}

function failed(error: unknown, output: Output): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
  if (error instanceof CliError) {
    output.note(`mailbeam: ${error.message}`);
    if (error.hint !== '') output.note(`  ${error.hint}`);
    return error.exitStatus;
  }
  output.note(`mailbeam: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return ExitCode.ERROR;
}
