import { ConfigError, loadConfig } from '@mailbeam/router/config';
import type { ConfigFlag, LoadedConfig } from '@mailbeam/router/config';
import { CliError } from './cli-error.js';
import type { ConfigFlags } from './config-flags.js';
import { ExitCode } from './exit-code.js';

const keyOfFlag = [
  { option: 'host', flag: '--host', key: 'host' },
  { option: 'port', flag: '--port', key: 'port' },
  { option: 'adminPort', flag: '--admin-port', key: 'admin.port' },
  { option: 'data', flag: '--data', key: 'data' },
] as const;

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
