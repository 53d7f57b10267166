import { adminAccess } from '../admin-access.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import { inspectError, routeOf } from '../inspect/inspect-access.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { count } from '../store/count.js';
import { chosenBy } from './mailbox-flags.js';
import type { MailboxFlags } from './mailbox-flags.js';
import { longestLookMs, messagesOf } from './show-command.js';

export interface PurgeFlags extends MailboxFlags {
  readonly dryRun?: boolean;
}

interface Answer {
  readonly user: string;
  readonly purged: number;
}

/** `mailbeam mailbox purge`: ends what waits for a user; the senders are told. */
export async function purgeCommand(user: string, flags: PurgeFlags, output: Output): Promise<ExitStatus> {
  if (flags.dryRun === true) return dryRun(user, flags, output);
  const route = routeOf('/mailboxes', user, chosenBy(flags), '/purge');
  const access = await adminAccess(flags);
  const answer = (await access.post(route, {}, longestLookMs).catch((error: unknown) => {
    throw inspectError(error, access);
  })) as Answer;
  if (flags.json === true) output.line(JSON.stringify(answer));
  else output.line(`${shownText(answer.user)}: ${count(answer.purged)} messages purged`);
  return ExitCode.OK;
}

async function dryRun(user: string, flags: PurgeFlags, output: Output): Promise<ExitStatus> {
  const { user: shown, matching, bytes } = await messagesOf(user, flags, '0');
  if (flags.json === true) output.line(JSON.stringify({ user: shown, wouldPurge: matching, bytes }));
  else output.line(`${shownText(shown)}: ${count(matching)} messages (${count(bytes)} bytes) would be purged`);
  return ExitCode.OK;
}
