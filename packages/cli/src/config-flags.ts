import type { Command } from 'commander';

/** The flags that set keys of the configuration, as commander hands them over. */
export interface ConfigFlags {
  readonly host?: string;
  readonly port?: string;
  readonly adminPort?: string;
  readonly data?: string;
  readonly config?: string;
}

/** Adds the flags to a command. */
export function addConfigFlags(command: Command): Command {
  return command
    .option('--host <address>', 'address that clients connect to (default 127.0.0.1)')
    .option('--port <number>', 'port that clients connect to; 0 takes a free one (default 4000)')
    .option('--admin-port <number>', 'port of the admin interface; 0 takes a free one (default 4001)')
    .option('--data <dir>', 'directory of the pending messages (default ./data)')
    .option('--config <file>', 'configuration file (default mailbeam.config.json or .ts in this directory)');
}
