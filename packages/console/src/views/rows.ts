import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

/** A name and what is to be said of it. */
export type Row = readonly [name: string, value: unknown];

/** Rows of names and values, below a heading. */
export function rowsView(title: string, rows: readonly Row[]): TemplateResult {
  return html`<h3>${title}</h3>
    <dl class="rows">
      ${rows.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
}
