import type { Command } from 'commander';
import { addAdminFlags } from '../admin-flags.js';
import { examples, note } from '../command-help.js';
import type { CommandHost } from '../command-host.js';

/** Adds the commands that look after a store; see `addCommands`. */
export function addStoreCommands(program: Command, host: CommandHost): void {
  const store = program
    .command('store')
    .description('look after the store of a router')
    .summary('look after the store');
  addCheck(store, host);
  addBackup(store, host);
  addRestore(store, host);
  addCompact(store, host);
  addSalvage(store, host);
  addMigrate(store, host);
}

function addStoreFlags(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory (default: from the configuration, ./data)')
    .option('--config <file>', 'configuration file (default mailbeam.config.json or .ts in this directory)')
    .option('--json', 'print what came of it as one JSON object');
}

function addCheck(store: Command, host: CommandHost): void {
  const command = addAdminFlags(store.command('check').summary('count everything again'))
    .description(
      'Reads the whole store and compares every entry with the totals and the ledger. Changes nothing. Of a running router it reads a copy, which the router makes in its data directory and which is removed afterwards.',
    )
    .option('--json', 'print what was found as one JSON object')
    .action(host.runs(async () => (await import('./store-check-command.js')).storeCheckCommand));
  examples(command, [['mailbeam store check --data /srv/mailbeam', '']]);
  note(command, ['Exit codes: 0 all agrees, 1 the store cannot be read, 9 something does not agree.']);
}

function addBackup(store: Command, host: CommandHost): void {
  const command = addAdminFlags(store.command('backup').summary('copy it, while the router runs'))
    .description(
      'Copies the store as it is at one moment into a directory, new or empty, and reads the copy whole. A router that runs does it and goes on; the directory is on its machine.',
    )
    .argument('<dir>', 'where the copy goes')
    .option('--json', 'print dir, bytes and pending as one JSON object')
    .action(host.runs(async () => (await import('./backup-command.js')).backupCommand));
  examples(command, [
    ['mailbeam store backup /backup/$(date +%F)', 'of the router that this directory is configured for'],
  ]);
  note(command, [
    'Exit codes: 0 copied and read, 1 not copied, 4 the router does not answer, 9 the store or the copy is damaged.',
  ]);
}

function addRestore(store: Command, host: CommandHost): void {
  const command = addStoreFlags(store.command('restore').summary('put a backup into a data directory'))
    .description(
      'Puts a backup into a data directory that has no store, or none any more. It is read whole before it takes its place. What was accepted after the backup was made is not in it.',
    )
    .argument('<dir>', 'the backup')
    .action(host.runs(async () => (await import('./restore-command.js')).restoreCommand));
  examples(command, [['mailbeam store restore /backup/2026-11-21 --data /srv/mailbeam', '']]);
  note(command, [
    'Exit codes: 0 restored, 1 there is a store already, or the backup is none, 9 the backup is damaged.',
  ]);
}

function addCompact(store: Command, host: CommandHost): void {
  const command = addStoreFlags(store.command('compact').summary('give free space back'))
    .description(
      'Writes the data file anew without its free pages, which are used again but never given back. The router must be stopped, and there must be room for the copy.',
    )
    .action(host.runs(async () => (await import('./compact-command.js')).compactCommand));
  examples(command, [['mailbeam store compact --data /srv/mailbeam', '']]);
  note(command, [
    'Exit codes: 0 done, 1 nothing was changed (it is in use, or there is no room), 9 the store is damaged.',
  ]);
}

function addSalvage(store: Command, host: CommandHost): void {
  const command = store
    .command('salvage')
    .summary('take what is readable out of a damaged one')
    .description(
      'Copies what is readable in the data directory OLD into NEW, which is new or empty, and lists what is not, with the users it was about. The old directory is never written to.',
    )
    .argument('<old>', 'the damaged data directory, or a copy of it')
    .argument('<new>', 'where the new store goes')
    .option('--json', 'print what came of it as one JSON object')
    .action(host.runs(async () => (await import('./salvage-command.js')).salvageCommand));
  examples(command, [['mailbeam store salvage /srv/mailbeam /srv/mailbeam.new', '']]);
  note(command, ['Exit codes: 0 everything was taken over, 1 nothing was done, 9 something was lost.']);
}

function addMigrate(store: Command, host: CommandHost): void {
  const command = addStoreFlags(store.command('migrate').summary('bring it up to date'))
    .description(
      'Brings the store of an older version of mailbeam up to date, where it lies. The router must be stopped. An older version does not open it afterwards.',
    )
    .action(host.runs(async () => (await import('./migrate-command.js')).migrateCommand));
  examples(command, [['mailbeam store migrate --data /srv/mailbeam', '']]);
  note(command, [
    'Exit codes: 0 up to date, 1 nothing was changed (it is in use, or of a newer version), 9 the store is damaged.',
  ]);
}
