import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from './config-error.js';
import type { ConfigProblem } from './config-error.js';
import { configKey, configKeys, isConfigGroup } from './config-key.js';
import { nearestName } from './nearest-name.js';
import type { SourcedValue } from './source.js';

/** Names that are looked for in the working directory when no file is named; more than one at a time is refused. */
export const configFileNames = ['mailbeam.config.json', 'mailbeam.config.ts'] as const;

/** What a file says: its values, and what is wrong with its keys. */
export interface FileReading {
  readonly path: string;
  readonly values: readonly SourcedValue[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads the configuration file `file` or, without one, the one that lies in `directory`; undefined when there is none.
 * @throws ConfigError when a named file is missing, cannot be read, or does not hold an object.
 */
export async function readConfigFile(directory: string, file: string | undefined): Promise<FileReading | undefined> {
  const found = file === undefined ? findConfigFile(directory) : path.resolve(directory, file);
  if (found === undefined) return undefined;
  const content = await contentOf(found);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw fileError(found, 'must hold an object, such as { "port": 4000 }');
  }
  const values: SourcedValue[] = [];
  const problems: ConfigProblem[] = [];
  collect(content as Record<string, unknown>, '', found, values, problems);
  return { path: found, values, problems };
}

function findConfigFile(directory: string): string | undefined {
  const found = configFileNames.map((name) => path.join(directory, name)).filter((name) => existsSync(name));
  if (found.length > 1)
    throw fileError(directory, `holds ${configFileNames.join(' and ')}: keep one, or name it by --config`);
  return found[0];
}

async function contentOf(file: string): Promise<unknown> {
  switch (path.extname(file)) {
    case '.json':
      return parseJson(file, await textOf(file));
    case '.ts':
    case '.mts':
    case '.js':
    case '.mjs':
      await textOf(file);
      return importBundled(file);
    default:
      throw fileError(file, 'must end in .json, .ts, .mts, .js or .mjs');
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw fileError(file, missing ? 'there is no such file' : `cannot be read: ${messageOf(error)}`, error);
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw fileError(file, `is not JSON: ${messageOf(error)}`, error);
  }
}

/** Bundles the file with all that it imports and evaluates it from memory: Node 20 does not import TypeScript. */
async function importBundled(file: string): Promise<unknown> {
  try {
    const { build } = await import('esbuild');
    const result = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(file).href) },
    });
    const code = result.outputFiles[0]?.contents ?? new Uint8Array();
    const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
    const module = (await import(url)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw fileError(file, `cannot be loaded: ${messageOf(error)}`, error);
  }
}

function collect(
  group: Record<string, unknown>,
  prefix: string,
  file: string,
  values: SourcedValue[],
  problems: ConfigProblem[],
): void {
  for (const [name, value] of Object.entries(group)) {
    const key = prefix + name;
    if (prefix === '' && name === '$schema') continue;
    if (value === undefined) continue;
    if (configKey(key) !== undefined) {
      values.push({ key, value, source: { kind: 'file', path: file } });
    } else if (!isConfigGroup(key)) {
      problems.push({ key, value, source: `file ${file}`, message: unknownKey(key) });
    } else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problems.push({ key, value, source: `file ${file}`, message: `must be an object with ${membersOf(key)}` });
    } else {
      collect(value as Record<string, unknown>, `${key}.`, file, values, problems);
    }
  }
}

/** What to say of a key that does not exist. */
export function unknownKey(key: string): string {
  const names = configKeys.map((known) => known.key);
  const nearest = nearestName(key, names) ?? names.find((name) => name.split('.').pop() === key.split('.').pop());
  return nearest === undefined
    ? 'there is no such key (`mailbeam config` lists all)'
    : `there is no such key; did you mean ${nearest}?`;
}

function membersOf(group: string): string {
  const members = configKeys.filter((key) => key.key.startsWith(`${group}.`));
  return members.map((key) => key.key.slice(group.length + 1)).join(', ');
}

function fileError(file: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ key: '', source: `configuration file ${file}`, message }], { cause });
}

/** esbuild and evaluated modules throw errors of other realms, so `instanceof` would not do. */
function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message.trim() : String(error);
}
