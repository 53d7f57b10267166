import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { BuildFailure, BuildOptions, Message, Metafile, Plugin } from 'esbuild';
import { CodeError, CompileError, messageOf } from './errors.js';
import type { SourceLocation } from './errors.js';
import { isBelow, isMissing, isThere } from './handler-file.js';
import { digestOf, hashOfSources } from './source-hash.js';

/** A module as the compiler leaves it: one CommonJS file, its imports bundled, but for those of the host. */
export interface Compiled {
  /** Absolute, real. */
  readonly file: string;
  readonly code: string;
  readonly map: string;
  /** Own sources, relative to the handlers directory. */
  readonly inputs: readonly string[];
  readonly inputsHash: string;
  /** Of all it is made of, packages included: what tells one source from another. */
  readonly hash: string;
  /** What it requires of the host at run time. */
  readonly requires: readonly string[];
}

const PACKAGES = `${sep}node_modules${sep}`;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Compiles a file below the handlers directory, in the compiler's own process.
 * @param handlers a real path
 * @param shared what stays an import of the host
 * @throws CodeError `outside_handlers`, `not_found` (deleted meanwhile); CompileError with the places
 */
export async function compile(handlers: string, file: string, shared: Iterable<string>): Promise<Compiled> {
  const digests = new Map<string, string>();
  const missing = new Set<string>();
  const options = {
    entryPoints: [file],
    outfile: join(handlers, 'bundle.cjs'),
    absWorkingDir: handlers,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    external: [...shared, 'node:*'],
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(file).href) },
    tsconfigRaw: '{}', // a file that is no input and could change the code
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [ownSources(handlers, digests, missing)],
  } satisfies BuildOptions;
  let made;
  try {
    made = await build(options);
  } catch (error) {
    if (missing.has(file) || !(await isThere(file)))
      throw new CodeError('not_found', `${file} was deleted while it was loaded`, error);
    throw compileErrorOf(error);
  }
  refuseOutside(handlers, made.metafile);
  const [code, map] = ['.cjs', '.map'].map((end) => made.outputFiles.find(({ path }) => path.endsWith(end))!.text);
  if (code!.length > MOST_BYTES)
    throw new CompileError(`the bundle has ${code!.length} bytes; at most ${MOST_BYTES} are allowed`, []);
  return {
    file,
    code: code!,
    map: map!,
    inputs: [...digests.keys()].sort(),
    inputsHash: hashOfSources(digests),
    hash: hashOfSources(new Map([...packageSizes(made.metafile), ...digests])),
    requires: [...new Set(importsOf(made.metafile).map(({ to }) => to))],
  };
}

/** Reads the module's own sources, so that what is hashed is what is compiled. */
function ownSources(handlers: string, digests: Map<string, string>, missing: Set<string>): Plugin {
  return {
    name: 'own-sources',
    setup(compiler) {
      compiler.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
        if (path.includes(PACKAGES) || !isBelow(handlers, path)) return undefined;
        try {
          const contents = await readFile(path);
          digests.set(relative(handlers, path), digestOf(contents));
          return { contents, loader: 'default', resolveDir: dirname(path) };
        } catch (error) {
          if (isMissing(error)) missing.add(path);
          return { errors: [{ text: messageOf(error) }] };
        }
      });
    },
  };
}

/** A file elsewhere could be any file of the machine, and would not be seen to change. */
function refuseOutside(handlers: string, { inputs }: Metafile): void {
  for (const [path, { imports }] of Object.entries(inputs))
    for (const { path: to, external } of imports) {
      const real = join(handlers, to);
      if (external === true || real.includes(PACKAGES) || isBelow(handlers, real)) continue;
      if (to.startsWith('<') || to.startsWith('(disabled)')) continue; // esbuild's own, no files
      throw new CodeError(
        'outside_handlers',
        `${path} imports ${real}, which is neither below ${handlers} nor a package`,
      );
    }
}

function importsOf({ inputs }: Metafile): { from: string; to: string }[] {
  return Object.entries(inputs).flatMap(([from, { imports }]) =>
    imports.filter(({ external }) => external === true).map(({ path: to }) => ({ from, to })),
  );
}

const packageSizes = ({ inputs }: Metafile): [string, string][] =>
  Object.entries(inputs)
    .filter(([path]) => `${sep}${path}`.includes(PACKAGES))
    .map(([path, { bytes }]) => [path, String(bytes)]);

function compileErrorOf(error: unknown): CodeError {
  const messages = (error as Partial<BuildFailure> | null)?.errors;
  if (!Array.isArray(messages) || messages.length === 0)
    return new CodeError('compile_failed', messageOf(error), error);
  const locations = messages.map(locationOf).filter((found) => found !== undefined);
  const [first] = messages;
  const where = locations[0];
  const place = where === undefined ? '' : `${where.file}:${where.line}:${where.column}: `;
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
  return new CompileError(`${place}${first!.text}${more}`, locations);
}

function locationOf({ location, text }: Message): SourceLocation | undefined {
  if (location === null) return undefined;
  const { file, line, column, lineText } = location;
  return { file, line, column: column + 1, lineText: lineText.slice(0, 500), text };
}
