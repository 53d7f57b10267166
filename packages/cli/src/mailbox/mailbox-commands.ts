import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import type { PurgeFlags } from './purge-command.js';
import type { ShowFlags } from './show-command.js';

type Done = (status: ExitStatus) => void;

/** Adds the commands about what waits for one user; see `addCommands`. */
export function addMailboxCommands(program: Command, output: Output, done: Done): void {
  const mailbox = program
    .command('mailbox')
    .description('look at what waits for one user, or end it')
    .summary('what waits for one user');
  addShow(mailbox, output, done);
  addPurge(mailbox, output, done);
}

function addMailboxFlags(command: Command): Command {
  return addAdminFlags(command)
    .argument('<user>', "a name, a pseudonym, or '$SERVICE'")
    .option('--from <name>', 'only messages of this sender, a name or a pseudonym')
    .option('--older <time>', 'only messages older than this: 7d, 12h, 30m')
    .option('--json', 'print the answer as one JSON object');
}

function addShow(mailbox: Command, output: Output, done: Done): void {
  const command = addMailboxFlags(mailbox.command('show').summary('list it'))
    .description(
      'Lists the messages that wait for a user, oldest first: when, from whom, their number and size, whether they are in flight. Never what they say.',
    )
    .option('--limit <number>', 'most that are listed, 0 to 1000', '100')
    .action(async (user: string, flags: ShowFlags) => {
      const { showCommand } = await import('./show-command.js');
      done(await showCommand(user, flags, output));
    });
  examples(command, [
    ['mailbeam mailbox show bob', ''],
    ["mailbeam mailbox show '$ledger' --from alice --older 1h --json", 'for scripts'],
  ]);
}

function addPurge(mailbox: Command, output: Output, done: Done): void {
  const command = addMailboxFlags(mailbox.command('purge').summary('end it'))
    .description(
      'Ends the messages that wait for a user and are not in flight: nobody gets them, and their senders are told `purged`. Done when that is on disk.',
    )
    .option('--dry-run', 'only tell how many it would be')
    .action(async (user: string, flags: PurgeFlags) => {
      const { purgeCommand } = await import('./purge-command.js');
      done(await purgeCommand(user, flags, output));
    });
  examples(command, [
    ['mailbeam mailbox purge bob --older 7d --dry-run', ''],
    ['mailbeam mailbox purge bob --from spammer', ''],
  ]);
  note(command, ['Without --from and --older it ends everything that waits. There is no way back but a backup.']);
}
