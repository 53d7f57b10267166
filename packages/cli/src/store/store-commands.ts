import type { Command } from 'commander';
import { examples, note } from '../command-help.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import type { StoreFlags } from './data-directory.js';

type Done = (status: ExitStatus) => void;

/** Adds the commands that look after a store; see `addCommands`. */
export function addStoreCommands(program: Command, output: Output, done: Done): void {
  const store = program
    .command('store')
    .description('look after the store of a router')
    .summary('look after the store');
  addCheck(store, output, done);
  addMigrate(store, output, done);
}

function addStoreFlags(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory (default: from the configuration, ./data)')
    .option('--config <file>', 'configuration file (default mailbeam.config.json or .ts in this directory)')
    .option('--json', 'print what came of it as one JSON object');
}

function addCheck(store: Command, output: Output, done: Done): void {
  const command = addStoreFlags(store.command('check').summary('count everything again'))
    .description(
      'Reads the whole store and compares every entry with the totals and the ledger. Changes nothing; refuses while a router runs on it.',
    )
    .action(async (flags: StoreFlags) => {
      const { storeCheckCommand } = await import('./store-check-command.js');
      done(await storeCheckCommand(flags, output));
    });
  examples(command, [['mailbeam store check --data /srv/mailbeam', '']]);
  note(command, ['Exit codes: 0 all agrees, 1 the store cannot be read, 9 something does not agree.']);
}

function addMigrate(store: Command, output: Output, done: Done): void {
  const command = addStoreFlags(store.command('migrate').summary('bring it up to date'))
    .description(
      'Brings the store of an older version of mailbeam up to date, where it lies. The router must be stopped. An older version does not open it afterwards.',
    )
    .action(async (flags: StoreFlags) => {
      const { migrateCommand } = await import('./migrate-command.js');
      done(await migrateCommand(flags, output));
    });
  examples(command, [['mailbeam store migrate --data /srv/mailbeam', '']]);
}
