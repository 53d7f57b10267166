import type { ClientView, ConnectionView, UserView } from '@mailbeam/router';
import type { Output } from '../output.js';
import { clockText, shownText } from '../shown-text.js';
import { actorRows } from './actor-text.js';
import { agoText, bytesText, countText } from './amount-text.js';
import { mailboxRows } from './mailbox-text.js';
import { rowLines } from './rows.js';

type Row = readonly [name: string, value: string];

/** What `mailbeam inspect` shows of a user. */
export function userLines(view: UserView, output: Output): string[] {
  const { user, pseudonym, online, connection, clients, mailbox, session } = view;
  const alias = user === pseudonym ? 'a pseudonym' : `pseudonym ${pseudonym}`;
  const away = online ? 'not connected, left a moment ago' : 'not connected';
  const rows: Row[] = [
    ['user', `${shownText(user)} (${alias})`],
    ...(connection === null ? [['connection', away] as const] : connectionRows(connection, output)),
    ...clients.map((client): Row => ['client', clientText(client)]),
    ...mailboxRows(mailbox, 'in flight'),
  ];
  if (session !== null) rows.push(...actorRows('session', session));
  else if (connection !== null) rows.push(['session', output.style('red', 'has crashed and is not started again yet')]);
  return rowLines(rows, output);
}

function connectionRows(connection: ConnectionView, output: Output): Row[] {
  const { since, forMs, window, inFlight, unanswered, framesWaiting, stalledMs, bufferedBytes, watched } = connection;
  const entries = inFlight.messages + inFlight.receipts;
  const rows: Row[] = [
    ['connection', `for ${agoText(forMs)}, since ${clockText(since)}`],
    [
      'window',
      `${entries.toLocaleString('en-US')} of ${window.toLocaleString('en-US')} in flight (${bytesText(inFlight.bytes)})`,
    ],
    ['sends', `${unanswered.toLocaleString('en-US')} unanswered, ${countText(framesWaiting, 'frame')} not handled`],
  ];
  if (stalledMs > 0)
    rows.push([
      'socket',
      output.style('red', `has not been read for ${agoText(stalledMs)}, ${bytesText(bufferedBytes)} wait`),
    ]);
  else if (bufferedBytes > 0) rows.push(['socket', `${bytesText(bufferedBytes)} not taken yet`]);
  if (watched > 0) rows.push(['watches', countText(watched, 'user')]);
  return rows;
}

function clientText({ client, origin, connected, unanswered, unsettled }: ClientView): string {
  const name = client === '' ? 'without a name' : shownText(client);
  const open = [
    unanswered === 0 ? '' : `, ${unanswered.toLocaleString('en-US')} unanswered`,
    unsettled === 0 ? '' : `, ${unsettled.toLocaleString('en-US')} not settled`,
  ];
  return `${name}, origin ${origin}${connected ? ', connected' : ''}${open.join('')}`;
}
