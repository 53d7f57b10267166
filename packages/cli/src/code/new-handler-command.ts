import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { shownFile } from './code-frame.js';
import { handlerSource, skeletonKinds, testSource, tsconfigSource } from './handler-skeleton.js';
import type { SkeletonKind } from './handler-skeleton.js';
import { hostPackages, typeRootFor, typesFor } from './host-packages.js';

export interface NewHandlerFlags {
  readonly kind: string;
  readonly dir: string;
}

/** What the router takes as the name of a module, and these skeletons can put between quotes. */
const namePattern = /^[a-z][a-z0-9_-]{0,62}$/i;

/** `mailbeam new handler`: a typed skeleton, its test, and what an editor needs. Overwrites nothing. */
export async function newHandlerCommand(name: string, flags: NewHandlerFlags, output: Output): Promise<ExitStatus> {
  if (!namePattern.test(name))
    throw new CliError(ExitCode.USAGE, `${name}: a name is a letter, then at most 62 letters, digits, _ and -`);
  const kind = kindOf(flags.kind);
  const directory = path.resolve(flags.dir);
  const files = [
    { file: path.join(directory, `${name}.ts`), source: handlerSource(name, kind) },
    { file: path.join(directory, `${name}.test.ts`), source: testSource(name, kind) },
  ];
  const taken = files.find(({ file }) => existsSync(file));
  if (taken !== undefined) throw new CliError(ExitCode.ERROR, `${shownFile(taken.file)} is there already`);
  await mkdir(directory, { recursive: true });
  for (const { file, source } of files) await writeFile(file, source, { flag: 'wx' });
  const written = files.map(({ file }) => file);
  if (await writeTsconfig(directory)) written.push(path.join(directory, 'tsconfig.json'));
  for (const file of written) output.line(`wrote ${shownFile(file)}`);
  for (const line of nextLines(name, kind, flags.dir)) output.note(line);
  return ExitCode.OK;
}

function kindOf(text: string): SkeletonKind {
  const kind = skeletonKinds.find((one) => one === text);
  if (kind === undefined) throw new CliError(ExitCode.USAGE, `--kind ${text}: must be ${skeletonKinds.join(' or ')}`);
  return kind;
}

/** False where there is one already. */
async function writeTsconfig(directory: string): Promise<boolean> {
  const found = hostPackages.flatMap((name) => {
    const types = typesFor(directory, name);
    return types === undefined ? [] : [[name, types]];
  });
  const source = tsconfigSource(Object.fromEntries(found) as Record<string, string>, typeRootFor(directory));
  try {
    await writeFile(path.join(directory, 'tsconfig.json'), source, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function nextLines(name: string, kind: SkeletonKind, dir: string): string[] {
  const file = path.join(dir, name);
  return [
    '',
    'Try next:',
    `  mailbeam test ${file}.test.ts`,
    `  mailbeam load ${file}.ts`,
    kind === 'service'
      ? `  mailbeam send --as alice --to '$${name}' hello`
      : "  mailbeam send --as alice --to bob 'hello!!!'",
  ];
}
