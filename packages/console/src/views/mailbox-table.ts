import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { count, drain, duration, growth, rate } from '../figures.js';
import { hashOf, targetOf } from '../place.js';
import type { MailboxRow } from '../port/answers.js';

/** Mailboxes, one a row. @param chosen the target that is looked at closer */
export function mailboxTable(rows: readonly MailboxRow[], chosen: string | null, empty: string): TemplateResult {
  const waiting = rows.filter(({ depth }) => depth > 0);
  if (waiting.length === 0) return html`<p class="empty">${empty}</p>`;
  const most = Math.max(...waiting.map(({ depth }) => depth));
  return html`<table class="mailboxes">
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
      ${repeat(
        waiting,
        ({ class: of, name }) => `${of} ${name}`,
        (row) => rowView(row, most, targetOf(row.name) === chosen),
      )}
    </tbody>
  </table>`;
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
      ${duration(oldestSeconds)}
    </td>
    <td class="figure" ?data-worse=${isBehind && drainSeconds === 'never'}>
      ${of === 'away' ? html`<span class="soft">away</span>` : drain(drainSeconds)}
    </td>
  </tr>`;
}
