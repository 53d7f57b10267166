import type { DeadLettersView } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { tableLines } from '../code/table.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import { bytesText } from '../inspect/amount-text.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';

export interface ListFlags extends AdminFlags {
  readonly to?: string;
  readonly json?: boolean;
}

/** `mailbeam deadletters list`. */
export async function listCommand(flags: ListFlags, output: Output): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  const query = flags.to === undefined ? '' : `?${new URLSearchParams({ to: flags.to }).toString()}`;
  const view = (await access.get(`/deadletters${query}`)) as DeadLettersView;
  const lines = flags.json === true ? [JSON.stringify(view)] : deadLetterLines(view, output);
  for (const line of lines) output.line(line);
  return ExitCode.OK;
}

/** A table, and how full the box is. */
export function deadLetterLines({ letters, kept, bytes, dropped, limits }: DeadLettersView, output: Output): string[] {
  const rows = letters.map(({ id, to, from, cid, failedAt, bodyBytes }) => [
    ...[id, shownText(to), shownText(from), String(cid)],
    ...[new Date(failedAt).toISOString(), bytesText(bodyBytes)],
  ]);
  const sum = `${kept} of ${limits.entries} kept, ${bytesText(bytes)} of ${bytesText(limits.bytes)}`;
  const lost = dropped > 0 ? `; ${dropped} went for want of room since the start` : '';
  if (rows.length === 0) return [`none${kept > 0 ? ` of these; ${sum}` : ''}${lost}`];
  const head = ['id', 'to', 'from', 'cid', 'given up', 'size'];
  return [...tableLines([head, ...rows], ['left', 'left', 'left', 'right', 'left', 'right'], output), sum + lost];
}
