import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { State } from '../state.js';

/** What is shown until the router has answered for the first time. */
export function signInView({ pulse, isSpent }: State): TemplateResult {
  return html`<main class="alone" id="main">
    <img src="icon.svg" alt="" width="40" height="40" />
    <h1>Mailbeam</h1>
    ${pulse === 'ended' ? howTo(isSpent) : pulse === 'away' ? away : html`<p class="soft" role="status">Asking the router …</p>`}
  </main>`;
}

const away = html`<p role="alert"><strong>The router does not answer.</strong></p>
  <p class="soft">It is asked again by itself.</p>`;

function howTo(isSpent: boolean): TemplateResult {
  return html`${
      isSpent
        ? html`<p role="alert"><strong>This link was opened before, or is older than two minutes.</strong></p>`
        : nothing
    }
    <p>To sign in, type this on the router's machine and open the link that it prints:</p>
    <pre class="command">mailbeam console</pre>
    <p class="soft">A link opens once. The session lasts 12 hours, in this browser alone.</p>`;
}
