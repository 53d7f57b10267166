import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot } from './checkout.js';

/** One fault to plant. */
export interface Mutation {
  /** Compiled file, from the root of the checkout: `packages/router/dist/commit/commit-loop.js`. */
  readonly file: string;
  /** Text that occurs in the file exactly once; a whole line, or several, is best. */
  readonly find: string;
  readonly replace: string;
}

/** A copy of the built tree with faults in it. */
export interface Mutant {
  /** The directory that stands for the root of the checkout. */
  readonly root: string;
  /** The command `mailbeam` of the copy, to be run with `node`. */
  readonly bin: string;
  /** Removes the copy. Processes that run from it have to be ended before. */
  dispose(): Promise<void>;
}

export interface MutantOptions {
  /** The checkout to copy; default: the one this file is in. */
  readonly root?: string;
  /** Where the copy is made; default: the system's directory for temporary files. */
  readonly parent?: string;
}

/**
 * Copies what is built (`packages/*` and `tools`: dist, bin, package.json) into a temporary directory and plants faults
 * there, so that a test can show that a checker finds them. Third-party packages are the checkout's own, by links; the
 * `@mailbeam/*` packages are the copies. With no mutations it is an honest twin. Build before (`make build`): it copies
 * dist as it is.
 *
 * @throws when a file is missing or `find` does not occur in it exactly once; nothing is left behind then.
 */
export async function makeMutant(mutations: readonly Mutation[], options: MutantOptions = {}): Promise<Mutant> {
  const root = options.root ?? checkoutRoot;
  const copy = await mkdtemp(join(options.parent ?? tmpdir(), 'mailbeam-mutant-'));
  const dispose = () => rm(copy, { recursive: true, force: true });
  try {
    copyBuilt(root, copy);
    linkModules(root, copy);
    for (const mutation of mutations) await plant(copy, mutation);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { root: copy, bin: join(copy, 'packages', 'cli', 'bin', 'mailbeam.js'), dispose };
}

async function plant(copy: string, { file, find, replace }: Mutation): Promise<void> {
  const path = join(copy, file);
  const text = await readFile(path, 'utf8');
  const parts = text.split(find);
  if (find === '' || parts.length !== 2) {
    throw new Error(
      `cannot plant a fault in ${file}: ${parts.length - 1} places, not one, hold ${JSON.stringify(find)}`,
    );
  }
  await writeFile(path, parts.join(replace));
}

/** In one go: promises for a thousand files take seven times as long. */
function copyBuilt(root: string, copy: string): void {
  copyFileSync(join(root, 'package.json'), join(copy, 'package.json'));
  const entries = readdirSync(join(root, 'packages'), { withFileTypes: true });
  const packages = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join('packages', name));
  for (const folder of [...packages, 'tools']) {
    mkdirSync(join(copy, folder), { recursive: true });
    for (const part of readdirSync(join(root, folder))) {
      const [source, target] = [join(root, folder, part), join(copy, folder, part)];
      if (part === 'node_modules') symlinkSync(source, target);
      else if (part === 'dist' || part === 'bin') copyRun(source, target);
      else if (part === 'package.json') copyFileSync(source, target);
    }
  }
}

/** Three files of four are types and source maps, which nothing runs. */
function copyRun(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyRun(source, target);
    else if (!/\.(?:d\.ts|map|tsbuildinfo)$/.test(entry.name)) copyFileSync(source, target);
  }
}

function linkModules(root: string, copy: string): void {
  const own = '@mailbeam';
  mkdirSync(join(copy, 'node_modules', own), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === own || name.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules', own, name));
  }
}
