import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { Console } from '../console.js';
import { counted } from '../figures.js';
import { historyCharts, keyOf } from '../history-charts.js';
import type { HistoryAnswer } from '../port/answers.js';
import { historySpans } from '../state.js';

/** What the activity recorder has written, also of the nodes before this one. */
export function historyView(page: Console): TemplateResult {
  const { history, historySpan } = page.state;
  return html`<div class="bar">
      <h2>What was recorded <span class="soft">${history === null ? '' : grain(history)}</span></h2>
      <div class="segments" role="group" aria-label="Time that the charts show">
        ${historySpans.map(
          (span) =>
            html`<button
              type="button"
              aria-pressed=${span === historySpan ? 'true' : 'false'}
              @click=${() => page.choose({ historySpan: span })}
            >
              ${span < 3_600 ? `${span / 60} min` : `${span / 3_600} h`}
            </button>`,
        )}
      </div>
    </div>
    ${
      history === null
        ? html`<p class="empty">Looking …</p>`
        : history.at.length === 0
          ? html`<p class="panel empty">
              Nothing was recorded: <code>telemetry.recordedHours</code> is 0, or it has just begun.
            </p>`
          : chartsView(page, history)
    }`;
}

function grain({ stepSeconds }: HistoryAnswer): string {
  return stepSeconds === 1 ? 'each second' : `the highest of each ${counted(stepSeconds, 'second')}`;
}

function chartsView(page: Console, history: HistoryAnswer): TemplateResult {
  const { hidden, historySpan: span } = page.state;
  const at = history.at.map((ms) => ms / 1_000);
  const onToggle = (key: string): void => page.toggleSeries(key);
  return html`<div class="charts">
    ${historyCharts.map(({ lines, ...chart }) => {
      const series = lines.map(([column, label, color]) => ({
        ...{ key: keyOf(column), label, color },
        values: history.columns[column]?.values ?? at.map(() => null),
      }));
      return html`<time-chart class="panel" .view=${{ ...chart, at, series, hidden, span, onToggle }}></time-chart>`;
    })}
  </div>`;
}
