import type { LaneView, ServiceView } from '@mailbeam/router';
import { tableLines } from '../code/table.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { actorRows } from './actor-text.js';
import { agoText, countText } from './amount-text.js';
import { fitted } from './fitted.js';
import { mailboxRows } from './mailbox-text.js';
import { rowLines } from './rows.js';

const callerColumns = 28;

/** What `mailbeam inspect` shows of a service. */
export function serviceLines(view: ServiceView, output: Output): string[] {
  const { service, state, versions, window, mailbox, callsWaiting, busy, lanes, longestInHandMs, actor } = view;
  const inHand = longestInHandMs === null ? 'nothing' : `for ${agoText(longestInHandMs)}`;
  const rows: (readonly [string, string])[] = [
    ['service', `${shownText(service)}, ${state === 'shared' ? 'one state for all' : 'a state for each caller'}`],
    [
      'versions',
      versions.map(({ version, actors }) => `${shownText(version)} (${countText(actors, 'actor')})`).join(', ') ||
        'no actor',
    ],
    ...mailboxRows(mailbox, 'in its hands'),
    ['window', `${mailbox.inFlight.toLocaleString('en-US')} of ${window.toLocaleString('en-US')} taken`],
    ['calls', `${callsWaiting.toLocaleString('en-US')} waiting for an answer`],
    [
      'in hand',
      state === 'shared'
        ? inHand
        : `${busy.toLocaleString('en-US')} of ${countText(lanes, 'lane')} busy, the longest ${inHand}`,
    ],
    ...(actor === null ? [] : actorRows('actor', actor)),
  ];
  return [...rowLines(rows, output), ...(state === 'shared' ? sharedLines(view) : laneLines(view, output))];
}

/** Of one lane there is nothing to compare. */
function sharedLines({ deepest }: ServiceView): string[] {
  const [lane] = deepest;
  return lane === undefined || lane.actor !== null ? [] : ['its actor has crashed and is not started again yet'];
}

function laneLines({ deepest, lanes }: ServiceView, output: Output): string[] {
  if (deepest.length === 0) return [];
  const more = lanes - deepest.length;
  return [
    '',
    ...tableLines(
      [['caller', 'actor', 'version', 'waiting', 'in hand'], ...deepest.map(laneRow)],
      ['left', 'right', 'left', 'right', 'left'],
      output,
    ),
    ...(more > 0 ? [output.style('dim', `${more.toLocaleString('en-US')} more, none of them deeper`)] : []),
  ];
}

function laneRow({ caller, actor, version, depth, inHand }: LaneView): string[] {
  return [
    fitted(caller ?? '', callerColumns),
    actor === null ? '-' : `<${actor}>`,
    version === null ? '-' : shownText(version),
    depth.toLocaleString('en-US'),
    inHand === null ? '' : `a ${inHand.what} for ${agoText(inHand.forMs)}`,
  ];
}
