import type { RulesView } from '@mailbeam/router/admin-views';
import type { AdminAccess } from '../admin-access.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';

export async function rulesOf(access: AdminAccess): Promise<RulesView> {
  return (await access.get('/alerts/rules')) as RulesView;
}

/** What was refused, for the person who asked. */
export async function asked<T>(answer: Promise<unknown>, access: AdminAccess): Promise<T> {
  try {
    return (await answer) as T;
  } catch (error) {
    if (!(error instanceof AdminRefusal)) throw error;
    const { detail } = error.answer as { readonly detail?: unknown };
    const said = typeof detail === 'string' ? detail : error.message;
    switch (error.code) {
      case 'bad_rule':
      case 'bad_silence':
        throw new CliError(ExitCode.USAGE, said);
      case 'unknown_silence':
        throw new CliError(ExitCode.ERROR, `${said} at ${access.url}`, '`mailbeam alerts silences` lists them');
      case 'too_many_silences':
        throw new CliError(ExitCode.ERROR, said, '`mailbeam alerts unsilence ID` ends one');
      default:
        throw error;
    }
  }
}

/** Tells when a change is in force, but not on disk. */
export function noteKept(kept: boolean, output: Output): void {
  if (!kept) output.note('the router could not write it down (see its log): it ends with this node');
}
