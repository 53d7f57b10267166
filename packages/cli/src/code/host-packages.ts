import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a handler module and its tests may import without installing it: the router brings it. */
export const hostPackages = [
  '@mailbeam/handler',
  '@mailbeam/handler/test-kit',
  '@mailbeam/actors',
  '@mailbeam/protocol',
  'zod',
] as const;

/** The file of the router, from where its packages are found. */
export function routerFile(): string {
  return fileURLToPath(import.meta.resolve('@mailbeam/router'));
}

/** Where the types of a package stand, for a directory that does not find them by itself; undefined where it does. */
export function typesFor(directory: string, name: string): string | undefined {
  if (resolved(path.join(directory, 'any.js'), name) !== undefined) return undefined;
  const file = resolved(routerFile(), name);
  const types = file?.replace(/\.(c?)js$/, '.d.$1ts');
  return types !== undefined && existsSync(types) ? types : undefined;
}

/** The directory that holds `@types/node`, for a directory that does not find it by itself. */
export function typeRootFor(directory: string): string | undefined {
  const name = '@types/node/package.json';
  if (resolved(path.join(directory, 'any.js'), name) !== undefined) return undefined;
  const file = resolved(routerFile(), name);
  return file === undefined ? undefined : path.resolve(file, '../..');
}

function resolved(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined; // it is not installed there
  }
}
