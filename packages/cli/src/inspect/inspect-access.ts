import type { AdminAccess } from '../admin-access.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

type Query = Readonly<Record<string, string | undefined>>;

/** The path of a route about a target, with what is set of a query. @param behind what of the target it is about */
export function routeOf(before: string, target: string, query: Query, behind = ''): string {
  if (target === '') {
    const hint = "in a shell the name of a service stands in single quotes: '$NAME'";
    throw new CliError(ExitCode.USAGE, 'the target is empty', hint);
  }
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${before}/${encodeURIComponent(target)}${behind}${set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`}`;
}

/** What was refused, for the person who asked: a target that is not there, an option that cannot be. */
export function inspectError(error: unknown, access: AdminAccess): unknown {
  if (!(error instanceof AdminRefusal)) return error;
  const { detail } = error.answer as { readonly detail?: unknown };
  const said = typeof detail === 'string' ? detail : error.message;
  switch (error.code) {
    case 'unknown_target':
      return new CliError(ExitCode.ERROR, `${said} at ${access.url}`, '`mailbeam tree` shows what there is');
    case 'bad_option':
      return new CliError(ExitCode.USAGE, said);
    default:
      return error;
  }
}
