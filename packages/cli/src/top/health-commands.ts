import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { addAlertsCommands } from '../alerts/alerts-commands.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds the commands that tell how the mailboxes are; see `addCommands`. */
export function addHealthCommands(program: Command, host: CommandHost): void {
  addTop(program, host);
  addAlertsCommands(program, host);
  addSar(program, host);
}

function addTop(program: Command, host: CommandHost): void {
  const command = addAdminFlags(program.command('top').summary('the mailboxes that stand out'))
    .description(
      'Shows how many messages wait, by class, and the mailboxes with the most: live at a terminal, where keys sort, filter, inspect and trace, else once.',
    )
    .option('--sort <order>', 'depth, growth, age, rate or drain', 'depth')
    .option('--class <class>', 'only session, away, service, group or system')
    .option('--limit <number>', 'how many mailboxes, 0 to 1000 (default: 20, live 100)')
    .option('--once', 'print it once and stop')
    .option('--json', 'print the answer as it is, once')
    .action(host.runs(async () => (await import('./top-command.js')).topCommand));
  examples(command, [
    ['mailbeam top', '? shows what the keys do, q leaves'],
    ['mailbeam top --sort growth', 'what fills up fastest'],
    ['mailbeam top --once --json | jq ".mailboxes[0]"', 'the deepest, for scripts'],
  ]);
  note(command, ['A router that goes away is waited for: what was known of it stays on the screen.']);
}

function addSar(program: Command, host: CommandHost): void {
  const command = program
    .command('sar')
    .summary('what happened, second by second')
    .description(
      'Shows what the activity recorder of a router has written, each second of machine, process and router. It reads the data directory: the router need not run.',
    )
    .option('--since <time>', 'how much before the newest record: 10m, 90s, 2h; 0 is all', '10m')
    .option('--columns <names>', 'which, with commas: cpu.user,router.*; "*" is all (default: the usual ones)')
    .option('--each', 'one line for each second')
    .option('--json', 'one JSON object for each second, a line each')
    .option('--data <dir>', 'data directory of the router (default ./data)')
    .option('--config <file>', 'configuration file (default mailbeam.config.json or .ts in this directory)')
    .action(host.runs(async () => (await import('../sar/sar-command.js')).sarCommand));
  examples(command, [
    ['mailbeam sar', 'the last ten minutes, a line for each column'],
    ['mailbeam sar --since 30s --each --columns "router.accepted,session.depth"', 'second by second'],
    ['mailbeam sar --since 0 --columns "*" --json', 'all that is kept, for scripts'],
  ]);
  note(command, [
    'In a picture each character is the highest of its seconds, from 0 to the highest of all; a blank: no record.',
    'What the columns mean: docs/operations.md.',
  ]);
}
