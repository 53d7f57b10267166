import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProfileLine } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { durationMs } from '../code/quantity.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { profileLines } from './profile-text.js';

export interface ProfileFlags extends AdminFlags {
  readonly for: string;
  readonly interval: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `mailbeam profile`: where the time of a running router goes. */
export async function profileCommand(flags: ProfileFlags, output: Output): Promise<ExitStatus> {
  const query = new URLSearchParams({
    forMs: String(durationMs('--for', flags.for)),
    intervalUs: String(intervalUs(flags.interval)),
  });
  const access = await adminAccess(flags);
  const file = path.resolve(
    flags.out ?? `mailbeam-${new Date().toISOString().slice(0, 19).replace(/:/g, '-')}.cpuprofile`,
  );
  let isDone = false;
  for await (const line of lines(access, `/profile?${query.toString()}`)) {
    switch (line.type) {
      case 'begun':
        output.progress(`profiling for ${flags.for}`);
        break;
      case 'failed':
        throw new CliError(ExitCode.ERROR, `the profile failed: ${line.detail}`);
      case 'summary': {
        const { type: _, ...summary } = line;
        if (flags.json === true) output.line(JSON.stringify({ ...summary, file }));
        else for (const text of profileLines(summary, output)) output.line(text);
        break;
      }
      case 'profile':
        await writeFile(file, JSON.stringify(line.profile));
        if (flags.json !== true) output.line(`The profile is in ${file}`);
        isDone = true;
    }
  }
  if (isDone) return ExitCode.OK;
  throw new CliError(ExitCode.UNREACHABLE, `${access.url} went away before the profile was done`);
}

async function* lines(access: AdminAccess, route: string): AsyncGenerator<ProfileLine> {
  try {
    for await (const line of access.lines(route, new AbortController().signal)) yield line as ProfileLine;
  } catch (error) {
    if (!(error instanceof AdminRefusal)) throw error;
    const { detail } = error.answer as { readonly detail?: unknown };
    if (typeof detail !== 'string') throw error;
    throw new CliError(error.code === 'bad_option' ? ExitCode.USAGE : ExitCode.ERROR, detail);
  }
}

/** Finer than a whole ms, as no other time here is. */
function intervalUs(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?) ?ms$/.exec(text) ?? [];
  return number === undefined ? durationMs('--interval', text) * 1_000 : Math.round(Number(number) * 1_000);
}
