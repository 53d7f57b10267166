import path from 'node:path';
import { ConfigError } from './config-error.js';
import type { ConfigProblem } from './config-error.js';
import { configKey, configKeys } from './config-key.js';
import { fromText, readEnvironment } from './environment-source.js';
import { readConfigFile, unknownKey } from './file-source.js';
import { configSchema } from './schema.js';
import type { Config } from './schema.js';
import { sourceText } from './source.js';
import type { ConfigSource, SourcedValue } from './source.js';

/** A value from the command line: the flag as typed (`--admin-port`), the key it sets and its text. */
export interface ConfigFlag {
  readonly flag: string;
  readonly key: string;
  readonly text: string;
}

/** Where a configuration is looked for, and what goes over it. */
export interface ConfigRequest {
  /** Where relative paths start and where the configuration file is looked for. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A file named by the user; it must exist. Without it (and without `MAILBEAM_CONFIG`) one in `directory` is taken. */
  readonly file?: string | undefined;
  readonly flags?: readonly ConfigFlag[];
}

/** A configuration in force, with the source of each value. */
export interface LoadedConfig {
  readonly config: Config;
  /** By dotted key; every key is there. */
  readonly sources: ReadonlyMap<string, ConfigSource>;
  /** The file that was read; undefined when there was none. */
  readonly file: string | undefined;
}

/**
 * Puts the configuration together: defaults, then the file, then the environment, then the flags; the later wins.
 * @throws ConfigError with every problem that was found, not only the first.
 */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const file = await readConfigFile(
    request.directory,
    request.file ?? (request.environment['MAILBEAM_CONFIG'] || undefined),
  );
  const environment = readEnvironment(request.environment);
  const flags = readFlags(request.flags ?? []);
  const problems = [...(file?.problems ?? []), ...environment.problems, ...flags.problems];

  const chosen = new Map<string, SourcedValue>();
  for (const given of [...(file?.values ?? []), ...environment.values, ...flags.values]) {
    problems.push(...problemsOf(given));
    chosen.set(given.key, given);
  }
  if (problems.length > 0) throw new ConfigError(problems);

  const sources = new Map<string, ConfigSource>(
    configKeys.map((key) => [key.key, chosen.get(key.key)?.source ?? { kind: 'default', note: '' }]),
  );
  const parsed = configSchema.parse(nested(chosen.values()));
  const config = withDerived(parsed, sources, request.directory);
  const conflicts = conflictsOf(config, sources);
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return { config, sources, file: file?.path };
}

/** The value of a dotted key. */
export function configValue(config: Config, key: string): unknown {
  let value: unknown = config;
  for (const name of key.split('.')) value = (value as Record<string, unknown>)[name];
  return value;
}

function readFlags(flags: readonly ConfigFlag[]): { values: SourcedValue[]; problems: ConfigProblem[] } {
  const values: SourcedValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const { flag, key: name, text } of flags) {
    const key = configKey(name);
    if (key === undefined) problems.push({ key: name, value: text, source: `flag ${flag}`, message: unknownKey(name) });
    else values.push({ key: name, value: fromText(key, text), source: { kind: 'flag', flag } });
  }
  return { values, problems };
}

function problemsOf(given: SourcedValue): ConfigProblem[] {
  const key = configKey(given.key);
  if (key === undefined || key.accepts(given.value)) return [];
  const unit = key.unit === '' ? '' : ` (${key.unit})`;
  const problem = key.problemIn(given.value);
  const message = `must be ${key.allowed}${unit}${problem === '' ? '' : `; ${problem}`}`;
  return [{ key: key.key, value: given.value, source: sourceText(given.source), message }];
}

function nested(values: Iterable<SourcedValue>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { key, value } of values) {
    const names = key.split('.');
    const last = names.pop() ?? key;
    let group = root;
    for (const name of names) group = (group[name] ??= {}) as Record<string, unknown>;
    group[last] = value;
  }
  return root;
}

/** Fills in what depends on other keys, and makes paths absolute. */
function withDerived(parsed: Config, sources: Map<string, ConfigSource>, directory: string): Config {
  const absolute = (key: string, given: string): string => {
    const source = sources.get(key);
    return path.resolve(source?.kind === 'file' ? path.dirname(source.path) : directory, given);
  };
  const config = {
    ...parsed,
    data: absolute('data', parsed.data),
    code: { ...parsed.code, handlers: absolute('code.handlers', parsed.code.handlers) },
    privacy: { ...parsed.privacy },
  };
  if (sources.get('privacy.clearNames')?.kind === 'default' && parsed.auth.mode === 'open') {
    config.privacy.clearNames = true;
    sources.set('privacy.clearNames', { kind: 'default', note: 'auth.mode is open' });
  }
  return config;
}

/** What cannot stand together, though each value is fine by itself. */
function conflictsOf(config: Config, sources: ReadonlyMap<string, ConfigSource>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (key: string, message: string): void => {
    const source = sources.get(key) ?? { kind: 'default', note: '' };
    problems.push({ key, value: configValue(config, key), source: sourceText(source), message });
  };
  if (config.limits.inflightBytes < config.limits.maxMessageBytes) {
    refuse(
      'limits.inflightBytes',
      `must not be below limits.maxMessageBytes, which is ${config.limits.maxMessageBytes}`,
    );
  }
  if (config.port !== 0 && config.port === config.admin.port) {
    refuse('admin.port', 'must differ from port, which is the same');
  }
  if (config.restart.maxDelayMs < config.restart.delayMs) {
    refuse('restart.maxDelayMs', `must not be below restart.delayMs, which is ${config.restart.delayMs}`);
  }
  if (config.auth.mode === 'open') {
    const why =
      'with auth.mode "open" anybody can log in as anybody, so it must be a loopback address: 127.0.0.1, ::1 or localhost';
    if (!isLoopback(config.host)) refuse('host', why);
  }
  if (!isLoopback(config.admin.host)) {
    refuse(
      'admin.host',
      'must be a loopback address: 127.0.0.1, ::1 or localhost; reach it from elsewhere through a tunnel',
    );
  }
  return problems;
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
