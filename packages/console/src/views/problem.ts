import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { Problem } from '../port/code-answers.js';

/** Why something was refused, with the places in the source that it is about. */
export function problemView({ message, locations = [] }: Problem): TemplateResult {
  return html`<p class="problem">${message}</p>
    ${locations.map(
      ({ file, line, column, lineText, text }) =>
        html`${locations.length > 1 ? html`<p class="soft">${file}:${line}:${column} ${text}</p>` : nothing}
          <pre>
${lineText}
${' '.repeat(Math.max(0, column - 1))}^</pre>`,
    )}`;
}
