import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds `mailbeam console`; see `addCommands`. */
export function addConsole(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('console').summary('the web page of a router'))
    .description('Prints a link to the console, a page on the admin port. The link opens once, within two minutes.')
    .option('--json', 'print {"url":"...","expiresAt":N} instead')
    .action(host.runs(async () => (await import('./console-command.js')).consoleCommand));
  examples(command, [
    ['mailbeam console', 'open what it prints in a browser on this machine'],
    ['xdg-open "$(mailbeam console)"', 'straight away'],
  ]);
  note(command, [
    'The browser then has a session for 12 hours. It may load code and end connections: treat the link as the token.',
    'From another machine: ssh -L 4001:127.0.0.1:4001 HOST, and open the link there.',
  ]);
}
