import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { Console } from '../console.js';
import { bytes, count, duration, percent, rate } from '../figures.js';
import { hashOf } from '../place.js';
import { spans } from '../state.js';
import { alertLine } from './alerts.js';
import { chartsView } from './charts.js';
import { mailboxTable } from './mailbox-table.js';

/** How the node is, at a glance. */
export function overviewView(page: Console): TemplateResult {
  const { state } = page;
  const { alerts } = state;
  return html`${tilesView(page)}
    <div class="bar">
      <h2>The last minutes</h2>
      <div class="segments" role="group" aria-label="Time that the charts show">
        ${spans.map(
          (span) =>
            html`<button
              type="button"
              aria-pressed=${span === state.span ? 'true' : 'false'}
              @click=${() => page.choose({ span })}
            >
              ${span / 60} min
            </button>`,
        )}
      </div>
    </div>
    ${chartsView(page)}
    <div class="halves">
      <section class="panel">
        <h2>Deepest mailboxes <a class="more" href=${hashOf('mailboxes')}>all</a></h2>
        ${mailboxTable(page, 'Nothing waits in any mailbox.')}
      </section>
      <section class="panel">
        <h2>Alerts <a class="more" href=${hashOf('alerts')}>all</a></h2>
        ${
          alerts === null
            ? nothing
            : alerts.alerts.length === 0
              ? html`<p class="empty">Nothing fires.</p>`
              : html`<ul class="plain">
                  ${alerts.alerts.map((alert) => alertLine(alert))}
                </ul>`
        }
      </section>
    </div>`;
}

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

function tilesView({ state: { seconds, mailboxes } }: Console): TemplateResult {
  const last = (name: string): number | null => seconds.latest(name);
  const tiles: readonly Tile[] = [
    {
      label: 'Waiting',
      value: count(mailboxes?.pendingMessages ?? null),
      note: bytes(mailboxes?.pendingBytes ?? null),
    },
    { label: 'In', value: rate(last('in')), note: 'messages/s' },
    { label: 'Out', value: rate(last('out')), note: 'messages/s' },
    { label: 'Accepted in', value: duration(last('accept.p99')), note: 'p99' },
    { label: 'Handed out in', value: duration(last('deliver.p99')), note: 'p99' },
    { label: 'Oldest', value: duration(last('oldest')), note: 'of who is there' },
    { label: 'Connections', value: count(mailboxes?.connections ?? null), note: 'clients' },
    { label: 'Processor', value: percent(last('cpu')), note: 'of one core' },
    { label: 'Memory', value: bytes(last('resident')), note: 'resident' },
  ];
  return html`<dl class="tiles">
    ${tiles.map(
      ({ label, value, note }) =>
        html`<div class="tile">
          <dt>${label}</dt>
          <dd>${value}<span class="soft">${note}</span></dd>
        </div>`,
    )}
  </dl>`;
}
