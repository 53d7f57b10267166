import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Console } from '../console.js';
import { bytes, clock, count, counted, duration } from '../figures.js';
import { hashOf } from '../place.js';
import type { DeadLetter, DeadLettersAnswer } from '../port/answers.js';

/** Messages that were given up: who, to whom, when; never what they say. */
export function deadLettersView(page: Console): TemplateResult {
  const { letters } = page.state;
  if (letters === null) return html`<p class="empty">Looking …</p>`;
  const { kept } = letters;
  return html`<div class="bar">
      <h2>Given up <span class="soft">${roomText(letters)}</span></h2>
      ${
        kept === 0
          ? nothing
          : html`<div class="actions">
              <button type="button" @click=${() => page.deadLetters.replayAll(kept)}>Replay all …</button>
              <button type="button" @click=${() => page.deadLetters.purgeAll(kept)}>Purge all …</button>
            </div>`
      }
    </div>
    <section class="panel" aria-label="Dead letters">
      ${kept === 0 ? emptyView(letters) : tableView(page, letters)}
    </section>`;
}

function roomText({ kept, bytes: used, limits, dropped }: DeadLettersAnswer): string {
  const lost = dropped === 0 ? '' : `; ${counted(dropped, 'other')} went for want of room`;
  return `${count(kept)} of at most ${count(limits.entries)}, ${bytes(used)}${lost}`;
}

function emptyView({ limits }: DeadLettersAnswer): TemplateResult {
  return html`<p class="empty">
    ${
      limits.entries === 0
        ? html`None is kept: <code>deadLetters.entries</code> is 0.`
        : 'No message was given up. One that crashes its service again and again comes here, and its sender is told.'
    }
  </p>`;
}

function tableView(page: Console, { letters, kept }: DeadLettersAnswer): TemplateResult {
  return html`<table class="letters">
      <thead>
        <tr>
          <th scope="col">To</th>
          <th scope="col">From</th>
          <th scope="col" class="figure wide" title="The number that its sender gave it">Number</th>
          <th scope="col" class="figure wide">Size</th>
          <th scope="col" class="figure">Given up</th>
          <th scope="col"><span class="unseen">What to do</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          letters.toReversed(),
          ({ id }) => id,
          (letter) => rowView(page, letter),
        )}
      </tbody>
    </table>
    ${letters.length < kept ? html`<p class="soft">These are the newest; ${count(kept - letters.length)} more are there.</p>` : nothing}`;
}

function rowView({ deadLetters }: Console, { id, to, from, cid, bodyBytes, failedAt }: DeadLetter): TemplateResult {
  const ago = duration(Math.max(0, Math.round((Date.now() - failedAt) / 1_000)));
  return html`<tr>
    <th scope="row"><a href=${hashOf('mailboxes', to)}>${to}</a></th>
    <td><a href=${hashOf('mailboxes', from)}>${from}</a></td>
    <td class="figure wide">${cid}</td>
    <td class="figure wide">${bytes(bodyBytes)}</td>
    <td class="figure" title=${`${new Date(failedAt).toLocaleDateString()} ${clock(failedAt)}, ${id}`}>${ago} ago</td>
    <td class="doing">
      <button type="button" aria-label="Replay ${id}" @click=${() => deadLetters.replay(id)}>Replay</button>
      <button type="button" aria-label="Purge ${id} …" @click=${() => deadLetters.purge(id, from)}>Purge …</button>
    </td>
  </tr>`;
}
