import type { Command } from 'commander';
import { ConfigError, loadConfig } from '@mailbeam/router/config';
import type { ConfigFlag, LoadedConfig } from '@mailbeam/router/config';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** The flags that set keys of the configuration, as commander hands them over. */
export interface ConfigFlags {
  readonly host?: string;
  readonly port?: string;
  readonly adminPort?: string;
  readonly data?: string;
  readonly config?: string;
}

const keyOfFlag = [
  { option: 'host', flag: '--host', key: 'host' },
  { option: 'port', flag: '--port', key: 'port' },
  { option: 'adminPort', flag: '--admin-port', key: 'admin.port' },
  { option: 'data', flag: '--data', key: 'data' },
] as const;

/** Adds the flags to a command. */
export function addConfigFlags(command: Command): Command {
  return command
    .option('--host <address>', 'address that clients connect to (default 127.0.0.1)')
    .option('--port <number>', 'port that clients connect to; 0 takes a free one (default 4000)')
    .option('--admin-port <number>', 'port of the admin interface; 0 takes a free one (default 4001)')
    .option('--data <dir>', 'directory of the pending messages (default ./data)')
    .option('--config <file>', 'configuration file (default mailbeam.config.json or .ts in this directory)');
}

/**
 * The configuration in force for this process: defaults, file, environment, flags.
 * @throws CliError USAGE with one line for each problem.
 */
export async function configFor(flags: ConfigFlags): Promise<LoadedConfig> {
  const given: ConfigFlag[] = [];
  for (const { option, flag, key } of keyOfFlag) {
    const text = flags[option];
    if (text !== undefined) given.push({ flag, key, text });
  }
  try {
    return await loadConfig({ directory: process.cwd(), environment: process.env, file: flags.config, flags: given });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError(
      ExitCode.USAGE,
      `the configuration cannot be used:\n  ${error.message.replace(/\n/g, '\n  ')}`,
      '',
      {
        cause: error,
      },
    );
  }
}
