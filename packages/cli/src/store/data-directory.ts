import { existsSync } from 'node:fs';
import path from 'node:path';
import type { AdminFlags } from '../admin-flags.js';
import { CliError } from '../cli-error.js';
import { configFor } from '../config-in-force.js';
import type { ConfigFlags } from '../config-flags.js';
import { ExitCode } from '../exit-code.js';

/** Flags of every command about a store. */
export interface StoreFlags extends Pick<ConfigFlags, 'data' | 'config'> {
  readonly json?: boolean;
}

/** Flags of those that also work beside a running router. */
export interface RunningStoreFlags extends AdminFlags {
  readonly json?: boolean;
}

/** The data directory that the flags name or the configuration has. */
export async function dataDirectory(flags: StoreFlags): Promise<string> {
  return (await configFor(flags)).config.data;
}

/** Whether there is a store in a directory, or was. */
export function hasStore(dir: string): boolean {
  return existsSync(path.join(dir, 'data.mdb')) || existsSync(path.join(dir, 'FORMAT'));
}

/** The same, where there is a store. @throws CliError ERROR where there is none */
export async function dataWithStore(flags: StoreFlags): Promise<string> {
  const data = await dataDirectory(flags);
  if (hasStore(data)) return data;
  throw new CliError(
    ExitCode.ERROR,
    `there is no store in ${data}`,
    '--data DIR names the data directory of the router',
  );
}
