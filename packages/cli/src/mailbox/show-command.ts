import type { MessageHeader, MessagesView } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import { inspectError, routeOf } from '../inspect/inspect-access.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { count } from '../store/count.js';
import { chosenBy } from './mailbox-flags.js';
import type { MailboxFlags } from './mailbox-flags.js';

export interface ShowFlags extends MailboxFlags {
  readonly limit: string;
}

/** Looking through a deep mailbox takes the router its time. */
export const longestLookMs = 600_000;

/** `mailbeam mailbox show`: the headers of what waits for a user. */
export async function showCommand(user: string, flags: ShowFlags, output: Output): Promise<ExitStatus> {
  const view = await messagesOf(user, flags, flags.limit);
  if (flags.json === true) output.line(JSON.stringify(view));
  else for (const line of showLines(view, output)) output.line(line);
  return ExitCode.OK;
}

/** What a router says of the messages of a mailbox. */
export async function messagesOf(user: string, flags: MailboxFlags, limit: string): Promise<MessagesView> {
  const route = routeOf('/mailboxes', user, { ...chosenBy(flags), limit }, '/messages');
  const access = await adminAccess(flags);
  return (await access.get(route, longestLookMs).catch((error: unknown) => {
    throw inspectError(error, access);
  })) as MessagesView;
}

function showLines({ user, messages, matching, bytes }: MessagesView, output: Output): string[] {
  const inFlight = messages.filter((message) => message.inFlight).length;
  const waiting = messages.length - inFlight;
  const more = matching - waiting;
  return [
    output.style(
      'bold',
      `${shownText(user)}: ${count(matching)} messages wait (${count(bytes)} bytes), ${count(inFlight)} in flight`,
    ),
    ...messages.map(headerLine),
    ...(more > 0 ? [`  and ${count(more)} more: --limit shows up to 1000`] : []),
  ];
}

function headerLine({ from, origin, cid, ts, expiresAt, bytes, inFlight }: MessageHeader): string {
  const until = expiresAt === null ? '' : `, until ${new Date(expiresAt).toISOString()}`;
  const where = inFlight ? ', in flight' : '';
  return `  ${new Date(ts).toISOString()}  ${shownText(from)} ${origin}.${cid}, ${count(bytes)} bytes${until}${where}`;
}
