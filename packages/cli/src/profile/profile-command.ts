import { access, constants, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProfileLine } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { durationMs, durationMsWithin } from '../code/quantity.js';
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
    forMs: String(durationMsWithin('--for', flags.for, '10ms', '2m')),
    intervalUs: String(intervalUs(flags.interval)),
  });
  const router = await adminAccess(flags);
  const file = path.resolve(
    flags.out ?? `mailbeam-${new Date().toISOString().slice(0, 19).replace(/:/g, '-')}.cpuprofile`,
  );
  await checkPlace(file);
  let isDone = false;
  for await (const line of lines(router, `/profile?${query.toString()}`)) {
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
        await writeFile(file, JSON.stringify(line.profile)).catch((error: unknown) => {
          throw new CliError(ExitCode.ERROR, `the profile cannot be written: ${(error as Error).message}`);
        });
        if (flags.json !== true) output.line(`The profile is in ${file}`);
        isDone = true;
    }
  }
  if (isDone) return ExitCode.OK;
  throw new CliError(ExitCode.UNREACHABLE, `${router.url} went away before the profile was done`);
}

/** Before the profile is taken: it cannot be taken again. @throws CliError USAGE */
async function checkPlace(file: string): Promise<void> {
  await access(path.dirname(file), constants.W_OK).catch((error: unknown) => {
    throw new CliError(ExitCode.USAGE, `--out ${file}: cannot be written: ${(error as Error).message}`);
  });
}

async function* lines(router: AdminAccess, route: string): AsyncGenerator<ProfileLine> {
  try {
    for await (const line of router.lines(route, new AbortController().signal)) yield line as ProfileLine;
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
  const us = number === undefined ? durationMs('--interval', text) * 1_000 : Math.round(Number(number) * 1_000);
  if (us >= 100 && us <= 1_000_000) return us;
  throw new CliError(ExitCode.USAGE, `--interval ${text}: must be a time from 0.1ms to 1s`);
}
