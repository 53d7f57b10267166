import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Console } from '../console.js';
import { count, counted, drain, duration, growth, parted, rate } from '../figures.js';
import { hashOf, targetOf } from '../place.js';
import type { MailboxClass, MailboxesAnswer, MailboxRow } from '../port/answers.js';

/** Mailboxes, one a row, in an order that stands still while somebody points at one. */
export function mailboxTable(page: Console, empty: string): TemplateResult {
  const { mailboxes, heldOrder, target } = page.state;
  const waiting = inOrder(mailboxes?.mailboxes.filter(({ depth }) => depth > 0) ?? [], heldOrder);
  const hold = (): void => {
    if (page.state.heldOrder === null) page.state.heldOrder = waiting.map(keyOf);
  };
  const release = (): void => {
    page.state.heldOrder = null;
  };
  if (waiting.length === 0) return html`<p class="empty">${emptyText(empty, mailboxes, page.state.class)}</p>`;
  const most = Math.max(...waiting.map(({ depth }) => depth));
  return html`<table
    class="mailboxes"
    @pointerenter=${hold}
    @pointerleave=${release}
    @focusin=${hold}
    @focusout=${release}
  >
    <thead>
      <tr>
        <th scope="col">Mailbox</th>
        <th scope="col" class="wide">Class</th>
        <th scope="col" class="figure">Waiting</th>
        <th scope="col" class="figure" title="Messages a second, in less out, over 10 s">Growth/s</th>
        <th scope="col" class="figure wide" title="Messages a second, over 10 s">In/s</th>
        <th scope="col" class="figure wide" title="Messages a second, over 10 s">Out/s</th>
        <th scope="col" class="figure">Oldest</th>
        <th scope="col" class="figure" title="Time until it is empty, at the pace of the last 10 s">Drains in</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(waiting, keyOf, (row) => rowView(row, most, targetOf(row.name) === target))}
    </tbody>
  </table>`;
}

/** @param empty where nothing waits. @param answer null: none yet */
export function emptyText(
  empty: string,
  answer: Pick<MailboxesAnswer, 'pendingMessages' | 'counted'> | null,
  of: MailboxClass | '',
): string {
  // mailboxes of the other classes are all known
  if (answer === null || answer.pendingMessages === 0 || (of !== '' && of !== 'away')) return empty;
  const waiting = counted(answer.pendingMessages, 'message');
  return answer.counted
    ? `No mailbox stands out: ${waiting} wait for people who are away.`
    : `Still counting: ${waiting} waited when the router started, or came since.`;
}

/** On a phone without the smaller unit. */
function brief(text: string): TemplateResult {
  const [first, rest] = parted(text);
  return html`${first}<span class="wide">${rest}</span>`;
}

function keyOf({ class: of, name }: MailboxRow): string {
  return `${of} ${name}`;
}

/** Those that are held first, as they were, and what has come since. */
export function inOrder(rows: readonly MailboxRow[], held: readonly string[] | null): readonly MailboxRow[] {
  if (held === null) return rows;
  const places = new Map(held.map((key, i) => [key, i]));
  const placeOf = (row: MailboxRow): number => places.get(keyOf(row)) ?? held.length;
  return rows.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function rowView(row: MailboxRow, most: number, isChosen: boolean): TemplateResult {
  const { name, class: of, depth, in: came, out, oldestSeconds, stalledSeconds, drainSeconds } = row;
  // a moment in which more came than went is nothing; one that lasts is
  const isBehind = of !== 'away' && oldestSeconds >= 1;
  return html`<tr aria-current=${isChosen ? 'true' : nothing}>
    <th scope="row"><a href=${hashOf('mailboxes', targetOf(name))} title=${name}>${name}</a></th>
    <td class="wide"><span class="tag swatch--${of}">${of}</span></td>
    <td class="figure">
      <span class="depth" .style=${`--part: ${depth / most}`}>${count(depth)}</span>
    </td>
    <td class="figure" ?data-worse=${isBehind && row.growth >= 1}>${growth(row.growth)}</td>
    <td class="figure wide">${rate(came[1])}</td>
    <td class="figure wide">${rate(out[1])}</td>
    <td class="figure" title=${stalledSeconds >= 1 ? `nothing taken for ${duration(stalledSeconds)}` : nothing}>
      ${brief(duration(oldestSeconds))}
    </td>
    <td class="figure" ?data-worse=${isBehind && drainSeconds === 'never'}>
      ${of === 'away' ? html`<span class="soft">away</span>` : brief(drain(drainSeconds))}
    </td>
  </tr>`;
}
