import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { driftOf } from './drift.js';
import { HANDLER_EXTENSIONS, isBelow, isMissing } from './handler-file.js';
import type { ModuleRecord } from './live-file.js';
import type { Drift } from './module-info.js';

/** A file below the handlers directory that could be loaded. */
export interface HandlerFile {
  /** Relative to the handlers directory. */
  readonly file: string;
  readonly bytes: number;
  /** When it was written last, ms since the epoch. */
  readonly modifiedAt: number;
  /** `not loaded`: no live module is made of it; `imported`: one is, but it was loaded from another file. */
  readonly state: Exclude<Drift, 'built in'> | 'not loaded' | 'imported';
  /** The module that is live and made of it, with its version. */
  readonly module?: string;
  readonly version?: string;
}

/** What lies in the handlers directory. */
export interface HandlerFiles {
  /** Its absolute path. */
  readonly directory: string;
  /** By name. */
  readonly files: readonly HandlerFile[];
  /** There are more, which are not listed. */
  readonly more: boolean;
}

/** Most files that are listed, and most entries that are looked at for them. */
const MOST_FILES = 1_000;
const MOST_ENTRIES = 10_000;

/**
 * The files that a load could name. Left out are packages, hidden ones, declarations and tests; a link that leads out of the
 * directory is refused by a load, and so not listed.
 * @param handlers a real path; a directory that is not there has no files
 */
export async function listHandlerFiles(handlers: string, modules: readonly ModuleRecord[]): Promise<HandlerFiles> {
  const { paths, more } = await walk(handlers);
  const files: HandlerFile[] = [];
  for (const path of paths.slice(0, MOST_FILES)) {
    const found = await fileAt(handlers, path, modules);
    if (found !== undefined) files.push(found);
  }
  return { directory: handlers, files, more: more || paths.length > MOST_FILES };
}

async function walk(handlers: string): Promise<{ readonly paths: readonly string[]; readonly more: boolean }> {
  const paths: string[] = [];
  const folders = [''];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(join(handlers, folder))) {
      if (++entries > MOST_ENTRIES) return { paths: paths.toSorted(), more: true };
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) folders.push(path);
      else if (isLoadable(entry.name)) paths.push(path);
    }
  }
  return { paths: paths.toSorted(), more: false };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isLoadable(name: string): boolean {
  if (!HANDLER_EXTENSIONS.some((extension) => name.endsWith(extension))) return false;
  return !/\.(?:d|test|spec)\.m?[jt]s$/.test(name);
}

async function fileAt(
  handlers: string,
  file: string,
  modules: readonly ModuleRecord[],
): Promise<HandlerFile | undefined> {
  try {
    const real = await realpath(join(handlers, file));
    if (!isBelow(handlers, real)) return undefined;
    const found = await stat(real);
    if (!found.isFile()) return undefined;
    const about = { file, bytes: found.size, modifiedAt: Math.round(found.mtimeMs) };
    return { ...about, ...(await standingOf(handlers, relative(handlers, real), modules)) };
  } catch (error) {
    if (isMissing(error)) return undefined; // deleted meanwhile
    throw error;
  }
}

async function standingOf(
  handlers: string,
  path: string,
  modules: readonly ModuleRecord[],
): Promise<Pick<HandlerFile, 'state' | 'module' | 'version'>> {
  const own = modules.find(({ chain }) => chain.at(-1)?.file === path);
  const live = own?.chain.at(-1);
  if (own !== undefined && live !== undefined) {
    const state = (await driftOf(handlers, live)) as Exclude<Drift, 'built in'>;
    return { state, module: own.name, version: live.version };
  }
  return { state: modules.some(({ chain }) => chain.at(-1)?.inputs.includes(path)) ? 'imported' : 'not loaded' };
}
