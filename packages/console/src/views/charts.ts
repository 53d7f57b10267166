import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { ChartView } from '../chart/time-chart.js';
import type { Console } from '../console.js';
import { count, duration, rate } from '../figures.js';
import { mailboxClasses } from '../port/answers.js';

/** What a chart is, but for what is the same for all. */
type Chart = Omit<ChartView, 'at' | 'hidden' | 'span' | 'onToggle'>;

/** The charts of the overview, each of the seconds that the page has. */
export function chartsView(page: Console): TemplateResult {
  const { seconds, hidden, span } = page.state;
  const line = (key: string, label: string, color: string, isDashed = false): ChartView['series'][number] => ({
    ...{ key, label, color, isDashed },
    values: seconds.column(key),
  });
  const charts: readonly Chart[] = [
    {
      title: 'Waiting',
      unit: 'messages, by class',
      floor: 10,
      format: count,
      isLong: false,
      isWhole: true,
      series: mailboxClasses.map((name) => line(`depth.${name}`, name, `--${name}`)),
    },
    {
      title: 'Rate',
      unit: 'messages a second',
      floor: 10,
      format: rate,
      isLong: false,
      isWhole: true,
      series: [line('in', 'in', '--in'), line('out', 'out', '--out'), line('rejected', 'rejected', '--critical', true)],
    },
    {
      title: 'Latency',
      unit: 'from SEND, each second',
      floor: 0.005,
      format: duration,
      isLong: true,
      isWhole: false,
      series: [
        line('accept.p99', 'accept p99', '--in'),
        line('accept.p50', 'accept p50', '--in', true),
        line('deliver.p99', 'hand-out p99', '--out'),
        line('deliver.p50', 'hand-out p50', '--out', true),
      ],
    },
    {
      title: 'Node',
      unit: 'time of one turn and one commit',
      floor: 0.005,
      format: duration,
      isLong: true,
      isWhole: false,
      series: [line('turn.p99', 'turn p99', '--system'), line('commit.p99', 'commit p99', '--service')],
    },
  ];
  const onToggle = (key: string): void => page.toggleSeries(key);
  return html`<div class="charts">
    ${charts.map(
      (chart) =>
        html`<time-chart class="panel" .view=${{ ...chart, at: seconds.at, hidden, span, onToggle }}></time-chart>`,
    )}
  </div>`;
}
