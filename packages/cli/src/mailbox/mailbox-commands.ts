import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds the commands about what waits for one user; see `addCommands`. */
export function addMailboxCommands(program: Command, host: CommandHost): void {
  const mailbox = program
    .command('mailbox')
    .description('look at what waits for one user, or end it')
    .summary('what waits for one user');
  addShow(mailbox, host);
  addPurge(mailbox, host);
}

function addMailboxFlags(command: Command): Command {
  return addAdminFlags(command)
    .argument('<user>', "a name, a pseudonym, or '$SERVICE'")
    .option('--from <name>', 'only messages of this sender, a name or a pseudonym')
    .option('--older <time>', 'only messages older than this: 7d, 12h, 30m')
    .option('--json', 'print the answer as one JSON object');
}

function addShow(mailbox: Command, host: CommandHost): void {
  const command = addMailboxFlags(mailbox.command('show').summary('list it'))
    .description(
      'Lists the messages that wait for a user, oldest first: when, from whom, their number and size, whether they are in flight. Never what they say.',
    )
    .option('--limit <number>', 'most that are listed, 0 to 1000', '100')
    .action(host.runs(async () => (await import('./show-command.js')).showCommand));
  examples(command, [
    ['mailbeam mailbox show bob', ''],
    ["mailbeam mailbox show '$ledger' --from alice --older 1h --json", 'for scripts'],
  ]);
}

function addPurge(mailbox: Command, host: CommandHost): void {
  const command = addMailboxFlags(mailbox.command('purge').summary('end it'))
    .description(
      'Ends the messages that wait for a user and are not in flight: nobody gets them, and their senders are told `purged`. Done when that is on disk.',
    )
    .option('--dry-run', 'only tell how many it would be')
    .action(host.runs(async () => (await import('./purge-command.js')).purgeCommand));
  examples(command, [
    ['mailbeam mailbox purge bob --older 7d --dry-run', ''],
    ['mailbeam mailbox purge bob --from spammer', ''],
  ]);
  note(command, ['Without --from and --older it ends everything that waits. There is no way back but a backup.']);
}
