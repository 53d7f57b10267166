import { access, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { CodeError, messageOf } from './errors.js';

/** How the name of a handler module's file ends. */
export const HANDLER_EXTENSIONS: readonly string[] = ['.ts', '.js', '.mts', '.mjs'];

/** True for what lies below the folder; both are real paths. */
export function isBelow(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/**
 * The real path of a file to load: absolute, or relative to the handlers directory, with or without its extension.
 * @param handlers a real path
 * @throws CodeError `not_found`, `outside_handlers`
 */
export async function findHandlerFile(handlers: string, given: string): Promise<string> {
  const path = isAbsolute(given) ? given : join(handlers, given);
  const hasExtension = HANDLER_EXTENSIONS.some((extension) => path.endsWith(extension));
  for (const candidate of hasExtension ? [path] : ['.ts', '.js'].map((extension) => path + extension)) {
    const real = await realPathOf(candidate);
    if (real === undefined) {
      // What is not there is not told from what is elsewhere: nobody learns here which files exist.
      if (!isBelow(handlers, candidate)) throw outside(given, handlers);
      continue;
    }
    if (!isBelow(handlers, real)) throw outside(given, handlers);
    if (await isFile(real)) return real;
    throw new CodeError('not_found', `${given} is no file`);
  }
  throw new CodeError('not_found', `${given} below ${handlers} (.ts or .js)`);
}

const outside = (given: string, handlers: string): CodeError =>
  new CodeError('outside_handlers', `${given} is not below ${handlers}`);

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new CodeError('not_found', messageOf(error), error);
  }
}

/** False also for what was deleted meanwhile. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** An error of the file system that says: nothing there. */
export function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
