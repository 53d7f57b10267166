import type { Command } from 'commander';

/** Flags of every command that asks the admin port. */
export interface AdminFlags {
  readonly admin?: string;
  readonly adminToken?: string;
  readonly data?: string;
  readonly config?: string;
}

/** Adds the flags to a command. */
export function addAdminFlags(command: Command): Command {
  return command
    .option('--admin <url>', 'the admin port (default: from the configuration, http://127.0.0.1:4001)')
    .option('--admin-token <token>', 'its token (default: the file admin.token in the data directory)')
    .option('--data <dir>', 'data directory of the router (default ./data)')
    .option('--config <file>', 'configuration file (default mailbeam.config.json or .ts in this directory)');
}
