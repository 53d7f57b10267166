import path from 'node:path';
import type { Salvage } from '@mailbeam/router/store-maintenance';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { count } from './count.js';
import { hasStore } from './data-directory.js';
import { runStoreJob } from './store-job.js';

/** Of one sender and recipient that are listed. */
const MOST_NUMBERS = 20;

export interface SalvageFlags {
  readonly json?: boolean;
}

/** `mailbeam store salvage`: copies what is readable into a new directory, and lists what is not. */
export async function salvageCommand(
  old: string,
  fresh: string,
  flags: SalvageFlags,
  output: Output,
): Promise<ExitStatus> {
  const to = path.resolve(fresh);
  const data = path.resolve(old);
  if (!hasStore(data))
    throw new CliError(ExitCode.ERROR, `there is no store in ${data}`, 'OLD is the damaged data directory');
  const found = await runStoreJob({ type: 'salvage', data, to }, ({ messages }) =>
    output.progress(`${count(messages)} messages taken over`),
  );
  const { problems } = await runStoreJob({ type: 'check', data: to });
  if (flags.json === true) output.line(JSON.stringify({ to, ...found, problems }));
  else for (const line of salvageLines(found, to, output)) output.line(line);
  for (const problem of problems) output.note(`${to}: ${problem}`);
  return isWhole(found) && problems.length === 0 ? ExitCode.OK : ExitCode.STORE_DAMAGED;
}

const isWhole = ({ losses, missing }: Salvage): boolean => losses === 0 && missing === 0;

function salvageLines(found: Salvage, to: string, output: Output): string[] {
  const { pending, receipts, clients, lost, losses, unread } = found;
  const unlisted = losses - lost.length;
  return [
    `${to}: ${count(pending.messages)} messages wait (${count(pending.bytes)} bytes), ${count(receipts)} receipts, ${count(clients)} clients`,
    isWhole(found)
      ? output.style('green', '  nothing was lost')
      : output.style('red', `  ${missingText(found.missing)}`),
    ...lost.map((what) => `  ${shownText(what)}`),
    ...(unlisted > 0 ? [`  and ${count(unlisted)} more`] : []),
    ...unreadLines(unread),
  ];
}

/** Whose messages they were, for each sender and recipient: that is who has to be asked. */
function unreadLines(unread: Salvage['unread']): string[] {
  const pairs = new Map<string, { readonly from: string; readonly to: string; readonly cids: string[] }>();
  for (const { from, to, origin, cid } of unread) {
    const id = JSON.stringify([from, to]);
    const pair = pairs.get(id) ?? { from, to, cids: [] };
    pair.cids.push(`${origin}/${cid}`);
    pairs.set(id, pair);
  }
  if (pairs.size === 0) return [];
  const lines = [...pairs.values()].map(({ from, to, cids }) => {
    const more = cids.length > MOST_NUMBERS ? ` and ${count(cids.length - MOST_NUMBERS)} more` : '';
    return `  from ${shownText(from)} to ${shownText(to)}: ${cids.slice(0, MOST_NUMBERS).join(', ')}${more}`;
  });
  return ['  their senders are not told; as far as can be made out (origin/cid) these were', ...lines];
}

function missingText(missing: number | undefined): string {
  if (missing === undefined) return 'how many messages are missing is not known: the ledger was lost';
  if (missing < 0)
    return `${count(-missing)} messages too many: their erasures were lost, and they are delivered again`;
  return `${count(missing)} messages that waited by the ledger were not found; not readable was:`;
}
