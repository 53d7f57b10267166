import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds the commands of handler modules; see `addCommands`. */
export function addCodeCommands(program: Command, host: CommandHost): void {
  addLoad(program, host);
  addVersions(program, host);
  addRollback(program, host);
  addWatch(program, host);
  addNew(program, host);
  addTest(program, host);
}

function addLoad(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('load').summary('swap a handler module'))
    .description(
      'Loads a handler module into the running router: it is compiled, checked, moves actor by actor, and is watched. A bad one goes back by itself.',
    )
    .argument('<file>', 'a .ts or .js file below the handlers directory, or the name of a module')
    .option('--dry-run', 'check it, and try codeChange on copies of live states; change nothing')
    .option('--canary <percent>', 'this part of the actors moves first, the rest after the gate: 5%')
    .option('--gate <time>', 'how long it is watched: 30s, 2m; 0 not at all (default: code.gateMs)')
    .option('--by <who>', 'for the audit log (default: your user name)')
    .option('--detach', 'do not wait for its end')
    .option('--json', 'print the operation as one JSON object')
    .action(host.runs(async () => (await import('./load-command.js')).loadCommand));
  examples(command, [
    ['mailbeam load handlers/echo.ts', 'all actors move, then it is watched'],
    ['mailbeam load echo --canary 5% --gate 1m', 'the file that echo was loaded from; 5 % of its actors first'],
    ['mailbeam load handlers/echo.ts --dry-run', 'what would happen'],
  ]);
  note(command, [
    'Ctrl-C ends the showing only: the load goes on in the router.',
    'Exit codes: 0 kept (or checked), 10 refused or failed before anything moved, 11 it was taken back.',
  ]);
}

function addVersions(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('versions').summary('which handler modules run'))
    .description(
      'Shows each version of each handler module: its actors, its age, whether its memory was freed, and whether its source is still what lies on the disk.',
    )
    .argument('[name]', 'one module, with more about it')
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('./versions-command.js')).versionsCommand));
  examples(command, [
    ['mailbeam versions', 'all modules'],
    ['mailbeam versions echo', 'with what each version handled, and its last load'],
  ]);
}

function addRollback(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('rollback').summary('go back to the version before'))
    .description('The version that was live before takes over again, all at once. State is carried back.')
    .argument('<name>', 'name of the module')
    .option('--by <who>', 'for the audit log (default: your user name)')
    .option('--detach', 'do not wait for its end')
    .option('--json', 'print the operation as one JSON object')
    .action(host.runs(async () => (await import('./rollback-command.js')).rollbackCommand));
  examples(command, [['mailbeam rollback echo', 'also the router’s own session can go back']]);
  note(command, ['Exit codes: 0 done, 10 refused or failed before anything moved, 11 it was taken back.']);
}

function addWatch(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('watch').summary('load handler modules as they are saved'))
    .description(
      'For development: loads each handler module when its file is saved, without a gate, and goes on after errors.',
    )
    .argument('[dir]', 'the directory to watch (default: code.handlers, ./handlers)')
    .option('--by <who>', 'for the audit log (default: your user name)')
    .action(host.runs(async () => (await import('./watch-command.js')).watchCommand));
  examples(command, [['mailbeam watch', 'until Ctrl-C']]);
  note(command, [
    'A version gets the hash of its source: 1.0.0 is shown as 1.0.0+a1b2c3d, so it need not be raised for each save.',
    'A file without a default export is a part: the modules that import it are loaded.',
  ]);
}

function addNew(program: Command, host: CommandHost): void {
  const command = program
    .command('new')
    .description('write the beginning of something')
    .summary('begin a handler module')
    .command('handler')
    .summary('a handler module and its test')
    .description('Writes NAME.ts, a typed handler module that runs as it is, and NAME.test.ts. Overwrites nothing.')
    .argument('<name>', 'name of the module; users write to $NAME')
    .option('--kind <kind>', 'service, or interceptor', 'service')
    .option('--dir <dir>', 'the handlers directory', 'handlers')
    .action(host.runs(async () => (await import('./new-handler-command.js')).newHandlerCommand));
  examples(command, [
    ['mailbeam new handler greeter', 'handlers/greeter.ts and its test'],
    ['mailbeam new handler no-shouting --kind interceptor', ''],
  ]);
  note(command, ['Where the directory has no tsconfig.json, it gets one, so that an editor knows the types.']);
}

function addTest(program: Command, host: CommandHost): void {
  const command = program
    .command('test')
    .summary('test handler modules')
    .description(
      'Runs tests of handler modules (NAME.test.ts) with the test runner of Node. Nothing has to be installed for it.',
    )
    .argument('[files...]', 'files, or directories to look in (default: handlers)')
    .action(host.runs(async () => (await import('./test-command.js')).testCommand));
  examples(command, [
    ['mailbeam test', 'all below handlers'],
    ['mailbeam test handlers/greeter.test.ts', 'one'],
  ]);
  note(command, ['Exit codes: 0 all passed, 2 there is no test, 10 one failed or does not compile.']);
}
