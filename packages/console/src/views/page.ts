import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { Console } from '../console.js';
import { bytes, count, duration } from '../figures.js';
import { hashOf } from '../place.js';
import { views } from '../state.js';
import type { State, View } from '../state.js';
import { actorsView } from './actors.js';
import { alertsView } from './alerts.js';
import { codeView } from './code.js';
import { deadLettersView } from './dead-letters.js';
import { dialogView } from './dialogs.js';
import { historyView } from './history.js';
import { mailboxesView } from './mailboxes.js';
import { overviewView } from './overview.js';
import { signInView } from './sign-in.js';

const names: Readonly<Record<View, string>> = {
  overview: 'Overview',
  mailboxes: 'Mailboxes',
  alerts: 'Alerts',
  letters: 'Dead letters',
  code: 'Code',
  actors: 'Actors',
  history: 'History',
};

const bodies: Readonly<Record<View, (page: Console) => TemplateResult>> = {
  overview: overviewView,
  mailboxes: mailboxesView,
  alerts: alertsView,
  letters: deadLettersView,
  code: codeView,
  actors: actorsView,
  history: historyView,
};

/** The whole page. */
export function pageView(page: Console): TemplateResult {
  const { state } = page;
  if (state.heardAt === null) return signInView(state);
  return html`<a class="skip" href="#main" @click=${skip}>To the content</a>
    <header class="top">
      <div class="brand"><img src="icon.svg" alt="" width="20" height="20" />Mailbeam</div>
      <nav aria-label="Places">
        ${views.map(
          (view) =>
            html`<a href=${hashOf(view)} aria-current=${view === state.view ? 'page' : nothing}
              >${names[view]}${badgeOf(view, state)}</a
            >`,
        )}
      </nav>
      <div class="node">
        ${pulseView(state)}
        ${
          state.pulse === 'ended'
            ? nothing
            : html`<button type="button" class="quiet" @click=${() => page.signOut()}>Sign out</button>`
        }
      </div>
    </header>
    ${troubleView(state)}
    <main id="main" tabindex="-1" ?data-stale=${state.pulse !== 'live'}>
      <h1 class="unseen">${names[state.view]}</h1>
      ${bodies[state.view](page)}
    </main>
    <div class="notice" role="status" ?hidden=${state.notice === null} ?data-problem=${state.notice?.isProblem}>
      ${state.notice?.text}
      <button type="button" class="quiet" aria-label="Close this message" @click=${() => page.update({ notice: null })}>
        ✕
      </button>
    </div>
    ${dialogView(page)}`;
}

function skip(event: Event): void {
  event.preventDefault(); // the fragment says where one is
  document.getElementById('main')?.focus();
}

function badgeOf(view: View, state: State): TemplateResult | typeof nothing {
  if (view === 'alerts') return alertBadge(state);
  const kept = state.status?.deadLetters.kept ?? 0;
  return view === 'letters' && kept > 0
    ? html`<span class="badge">${count(kept)}<span class="unseen"> kept</span></span>`
    : nothing;
}

function alertBadge({ mailboxes }: State): TemplateResult | typeof nothing {
  if (mailboxes === null || mailboxes.alerts === 0) return nothing;
  const { alerts, worstAlert } = mailboxes;
  return html`<span class="badge ${worstAlert}"
    >${count(alerts)}<span class="unseen"> firing, ${worstAlert}</span></span
  >`;
}

function pulseView({ pulse, status }: State): TemplateResult {
  const words = { live: 'live', away: 'no answer', ended: 'signed out' }[pulse];
  const version = status === null ? '' : ` ${status.version}`;
  return html`<span class="pulse ${pulse}"
    ><span class="dot"></span>${words}<span class="soft">${version}</span></span
  >`;
}

/** What keeps the figures from being new, and what to do about it. */
function troubleView({ pulse, heardAt, status }: State): TemplateResult | typeof nothing {
  const heard = duration(Math.max(0, Math.round((Date.now() - (heardAt ?? 0)) / 1_000)));
  if (pulse === 'away')
    return html`<div class="banner critical" role="alert">
      <strong>The node does not answer.</strong> What is shown is of ${heard} ago. It is asked again by itself; nothing
      has to be done here.
    </div>`;
  if (pulse === 'ended')
    return html`<div class="banner warning" role="alert">
      <strong>The session has ended.</strong> What is shown is of ${heard} ago. Type <code>mailbeam console</code> on
      the router's machine and open the link: this page then goes on.
    </div>`;
  if (status?.draining === true)
    return html`<div class="banner warning" role="status">
      <strong>The node is draining:</strong> it takes no new connections.
    </div>`;
  if (status?.disk.isTight === true)
    return html`<div class="banner critical" role="alert">
      <strong>The disk is nearly full:</strong> ${bytes(status.disk.freeBytes)} are free, less than the reserve of
      ${bytes(status.disk.reserve)}. Nothing more is stored until there is room; what waits is still delivered.
    </div>`;
  return nothing;
}
