import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import { nameKind } from '@mailbeam/protocol';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import { socketUrl, urlOf } from '../router-address.js';

/** Flags of every command that connects as a user. */
export interface UserFlags {
  readonly as: string;
  readonly url?: string;
  readonly token?: string;
  readonly state?: string;
  readonly config?: string;
}

/** Who connects, where, and what file keeps the numbers of what was sent and seen. */
export interface UserTarget {
  readonly user: string;
  readonly url: string;
  readonly token: string;
  readonly stateFile: string;
}

/**
 * What the flags say; what they leave open comes from `MAILBEAM_URL`, `MAILBEAM_TOKEN` and the configuration of this
 * directory. Without a token the name is the token, as open mode has it.
 * @throws CliError USAGE
 */
export async function userTarget(flags: UserFlags): Promise<UserTarget> {
  checkUser('--as', flags.as);
  const url = await urlFor(flags);
  return {
    user: flags.as,
    url,
    token: flags.token ?? (process.env['MAILBEAM_TOKEN'] || flags.as),
    stateFile: flags.state ?? defaultStateFile(url, flags.as, process.env, homedir()),
  };
}

/** @throws CliError USAGE when that is not the name of a user */
export function checkUser(flag: string, name: string): void {
  if (nameKind(name) === 1) return;
  throw new CliError(
    ExitCode.USAGE,
    `${flag} ${JSON.stringify(name)}: the name of a user has 1 to 128 bytes, no control characters, and does not begin with # or $`,
  );
}

/** @throws CliError USAGE when nobody and nothing can have that name */
export function checkRecipient(flag: string, name: string): void {
  if (nameKind(name) !== 0) return;
  throw new CliError(
    ExitCode.USAGE,
    `${flag} ${JSON.stringify(name)}: a name has 1 to 128 bytes and no control characters`,
  );
}

/** Where the state of a user at a router is kept: below `XDG_STATE_HOME`, else `~/.local/state`. */
export function defaultStateFile(
  url: string,
  user: string,
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const root = environment['XDG_STATE_HOME'] || path.join(home, '.local', 'state');
  // What is replaced in a host is only what stands around a port or within an IPv6 address: hosts stay apart.
  const host = new URL(url).host.replace(/[^A-Za-z0-9.-]/g, '_');
  return path.join(root, 'mailbeam', host, `${fileName(user)}.state`);
}

/** A name that every file system takes: what is not plain is left out, and a hash tells the rest apart. */
function fileName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9.-]/g, '_').slice(0, 60);
  if (plain === name && !name.startsWith('.')) return name;
  return `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

async function urlFor(flags: UserFlags): Promise<string> {
  const text = flags.url ?? (process.env['MAILBEAM_URL'] || undefined);
  if (text !== undefined) {
    const url = socketUrl(text);
    if (url !== undefined) return url;
    throw new CliError(ExitCode.USAGE, `--url ${text}: must be a URL such as ws://127.0.0.1:4000`);
  }
  // Loaded only where it is needed: it is most of what a short command waits for.
  const { configFor } = await import('../config-in-force.js');
  const { config } = await configFor(flags.config === undefined ? {} : { config: flags.config });
  if (config.port === 0) {
    throw new CliError(
      ExitCode.USAGE,
      'the configuration has port 0, so which port it is nobody knows',
      '--url URL names the router',
    );
  }
  return socketUrl(urlOf(config.host, config.port)) ?? '';
}
