import type { ModuleInfo, Operation } from '@mailbeam/router';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { durationText } from '../status-text.js';
import { CodeAccess } from './code-access.js';
import { endLines, movesText, phaseText } from './operation-text.js';
import { detailLines, versionsLines } from './versions-text.js';

export interface VersionsFlags extends AdminFlags {
  readonly json?: boolean;
}

/** `mailbeam versions`: which versions of which modules run, and what is under way. */
export async function versionsCommand(
  name: string | undefined,
  flags: VersionsFlags,
  output: Output,
): Promise<ExitStatus> {
  const access = new CodeAccess(await adminAccess(flags));
  const all = await access.versions();
  const modules = name === undefined ? all : all.filter((module) => module.name === name);
  if (name !== undefined && modules.length === 0) throw unknownModule(name, all);
  if (flags.json === true) {
    output.line(JSON.stringify({ modules }));
    return ExitCode.OK;
  }
  const now = Date.now();
  for (const line of versionsLines(modules, now, output)) output.line(line);
  if (name !== undefined) for (const module of modules) showMore(module, output);
  const operations = await access.operations();
  for (const line of operationLines(operations, name, now, output)) output.line(line);
  return ExitCode.OK;
}

function showMore(module: ModuleInfo, output: Output): void {
  output.line('');
  for (const line of detailLines(module, output)) output.line(line);
}

/** What is under way; with a name also what was last. */
function operationLines(
  operations: readonly Operation[],
  name: string | undefined,
  now: number,
  output: Output,
): string[] {
  const about = operations.filter((one) => name === undefined || one.name === name);
  const running = about.filter((one) => !one.ended);
  const lines = running.flatMap((one) => ['', `${phaseText(one)}  (${one.id})`, `  ${movesText(one)}`]);
  const last = name === undefined ? undefined : about.find((one) => one.ended);
  if (last === undefined) return lines;
  const ago = last.endedAt === undefined ? '' : `, ${durationText(now - last.endedAt)} ago`;
  const [first = '', ...more] = endLines(last, output);
  return [...lines, '', `last ${last.what}${ago}: ${first}`, ...more];
}

function unknownModule(name: string, all: readonly ModuleInfo[]): CliError {
  const names = [...new Set(all.map((module) => module.name))].join(', ');
  return new CliError(
    ExitCode.ERROR,
    `there is no module ${name}`,
    names === '' ? 'no module is loaded' : `there are: ${names}`,
  );
}
