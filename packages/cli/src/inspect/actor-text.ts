import type { ActorView } from '@mailbeam/router';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { durationText } from '../status-text.js';
import { agoText, bytesText, countText } from './amount-text.js';
import { rowLines } from './rows.js';

type Row = readonly [name: string, value: string];

/** What `mailbeam inspect` shows of an actor. */
export function actorLines(actor: ActorView, output: Output): string[] {
  return rowLines(actorRows('actor', actor), output);
}

/** The rows of an actor, the first of them under that name. */
export function actorRows(title: string, actor: ActorView): Row[] {
  const { id, name, service, user, behaviour, version, status, parent, links, monitors, dropped, supervisor } = actor;
  const called = name === null ? '' : ` ${shownText(name)}`;
  const owners = [service, user].filter((owner) => owner !== undefined).map((owner) => shownText(owner));
  const rows: Row[] = [[title, `<${id}>${called}, ${shownText(behaviour)} ${shownText(version)}, ${status}`]];
  if (title === 'actor' && owners.length > 0) rows.push(['works for', owners.join(', for ')]);
  rows.push([
    'its mailbox',
    `${mailboxText(actor)}${dropped === 0 ? '' : `, ${countText(dropped, 'message')} dropped`}`,
  ]);
  if (supervisor !== undefined) rows.push(...supervisorRows(supervisor));
  else rows.push(['state', stateText(actor)]);
  const from = parent === null ? '' : `, started by ${parent}`;
  rows.push(['linked', `${countText(links, 'link')}, ${countText(monitors, 'monitor')}${from}`]);
  return rows;
}

function mailboxText({ depth, bytes, oldestAgeMs, handled }: ActorView): string {
  const size = bytes === 0 ? '' : ` (${bytesText(bytes)})`;
  const oldest = depth === 0 ? '' : `, the oldest for ${agoText(oldestAgeMs)}`;
  return `${countText(depth, 'message')}${size} waiting${oldest}; ${handled.toLocaleString('en-US')} handled`;
}

function stateText({ state, status }: ActorView): string {
  if (state === null) return `not to be seen while it is ${status}`;
  return `about ${bytesText(state.bytes)}: ${shownText(state.shape)}`;
}

function supervisorRows({
  strategy,
  intensity,
  periodMs,
  restarts,
  children,
}: NonNullable<ActorView['supervisor']>): Row[] {
  const most =
    intensity >= Number.MAX_SAFE_INTEGER
      ? 'restarts without end'
      : `at most ${countText(intensity, 'restart')} in ${durationText(periodMs)}`;
  return [
    ['strategy', `${strategy}, ${most}`],
    ['children', `${children.active.toLocaleString('en-US')}, ${countText(restarts, 'restart')} so far`],
  ];
}
