import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { duration } from '../figures.js';
import type { HandlerFile, HandlerFilesAnswer } from '../port/code-answers.js';

/** What lies in the handlers directory, each file to be chosen for a load. */
export function handlerFilesView(
  { directory, files, more }: HandlerFilesAnswer,
  choose: (file: string) => void,
): TemplateResult {
  const loadable = files.filter(({ state }) => state !== 'imported');
  if (loadable.length === 0)
    return html`<p class="empty">
      There is no handler module in <code>${directory}</code>. <code>mailbeam new</code> begins one.
    </p>`;
  return html`<table class="files" aria-label="Files in the handlers directory">
      <tbody>
        ${repeat(
          loadable,
          ({ file }) => file,
          (file) => rowView(file, choose),
        )}
      </tbody>
    </table>
    ${more ? html`<p class="soft">There are more, which are not listed: type the name.</p>` : nothing}`;
}

function rowView(
  { file, state, module, version, modifiedAt }: HandlerFile,
  choose: (file: string) => void,
): TemplateResult {
  const written = duration(Math.max(0, Math.round((Date.now() - modifiedAt) / 1_000)));
  return html`<tr>
    <th scope="row"><button type="button" class="link" @click=${() => choose(file)}>${file}</button></th>
    <td>
      ${state === 'same' ? nothing : html`<span class="tag ${state === 'not loaded' ? '' : 'warning'}">${state}</span>`}
    </td>
    <td class="soft">${module === undefined ? '' : `${module} ${version ?? ''} is live`}</td>
    <td class="figure soft wide">written ${written} ago</td>
  </tr>`;
}
