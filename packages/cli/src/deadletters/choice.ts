import type { AdminFlags } from '../admin-flags.js';
import { CliError } from '../cli-error.js';
import { durationMs } from '../code/quantity.js';
import { ExitCode } from '../exit-code.js';

export interface ChoiceFlags extends AdminFlags {
  readonly all?: boolean;
  readonly to?: string;
  readonly older?: string;
  readonly json?: boolean;
}

/** What the admin port is to choose letters by. @throws CliError USAGE */
export function choiceOf(ids: readonly string[], { all = false, to, older }: ChoiceFlags): object {
  if (all === ids.length > 0)
    throw new CliError(
      ExitCode.USAGE,
      'which ones? Name their ids, or --all',
      '`mailbeam deadletters list` shows them',
    );
  if (!all && (to !== undefined || older !== undefined))
    throw new CliError(ExitCode.USAGE, '--to and --older go with --all');
  if (!all) return { ids };
  return {
    all,
    ...(to !== undefined && { to }),
    ...(older !== undefined && { olderThanMs: durationMs('--older', older) }),
  };
}
