import type { MailboxesView, TopOrder } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { topLines } from './top-text.js';

export interface TopFlags extends AdminFlags {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly sort: string;
  readonly limit: string;
  readonly class?: string;
}

/** `mailbeam top`: the mailboxes that stand out. */
export async function topCommand(flags: TopFlags, output: Output): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  const ask = async (order: string): Promise<MailboxesView> => {
    const query = new URLSearchParams({
      order,
      limit: flags.limit,
      ...(flags.class !== undefined && { class: flags.class }),
    });
    try {
      return (await access.get(`/mailboxes?${query.toString()}`)) as MailboxesView;
    } catch (error) {
      if (!(error instanceof AdminRefusal) || error.code !== 'bad_option') throw error;
      throw new CliError(ExitCode.USAGE, (error.answer as { detail: string }).detail);
    }
  };
  const view = await ask(flags.sort);
  const { stdout } = process;
  const columns = stdout.isTTY ? stdout.columns || 80 : Infinity;
  const picture = { order: flags.sort as TopOrder, filter: '', selected: -1, columns };
  if (flags.json === true) output.line(JSON.stringify(view));
  else for (const line of topLines(view, picture, output)) output.line(line);
  return ExitCode.OK;
}
