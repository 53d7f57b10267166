import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds `deadletters list`, `replay` and `purge`; see `addCommands`. */
export function addDeadLetterCommands(program: Command, host: CommandHost): void {
  const group = program
    .command('deadletters')
    .summary('messages that were given up')
    .description(
      'Looks after the messages that crashed their service as often as they may: their senders were told `undeliverable`.',
    );
  const list = addAdminFlags(group.command('list').summary('what is in the box'))
    .description('Shows the dead letters, oldest first: from whom, to whom, when, how large. Never what they say.')
    .option('--to <service>', "only those to '$SERVICE'")
    .option('--json', 'print the answer as it is')
    .action(host.runs(async () => (await import('./list-command.js')).listCommand));
  examples(list, [["mailbeam deadletters list --to '$ledger'", '']]);

  const replay = addChoice(group.command('replay').summary('send them again'))
    .description(
      'Sends dead letters again, oldest first, as their senders had: after the service was mended. What is accepted leaves the box.',
    )
    .action(host.runs(async () => (await import('./replay-command.js')).replayCommand));
  examples(replay, [
    ['mailbeam deadletters replay 3f09c2ab11de', 'one of them: does it work now?'],
    ["mailbeam deadletters replay --all --to '$ledger'", 'all of a service'],
  ]);
  note(replay, ['Exit codes: 0 all accepted, 1 some stay in the box, 2 usage.']);

  const purge = addChoice(group.command('purge').summary('forget them'))
    .description('Takes dead letters out of the box for good.')
    .action(host.runs(async () => (await import('./purge-command.js')).purgeCommand));
  examples(purge, [['mailbeam deadletters purge --all --older 7d', 'what nobody has replayed within a week']]);
}

function addChoice(command: Command): Command {
  return addAdminFlags(command)
    .argument('[ids...]', 'as `deadletters list` shows them')
    .option('--all', 'all of them, instead of ids')
    .option('--to <service>', "with --all: only those to '$SERVICE'")
    .option('--older <time>', 'with --all: only those that were given up so long ago, such as 30m, 12h or 7d')
    .option('--json', 'print the answer as it is');
}
