import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { count, duration, NOTHING } from '../figures.js';
import type { AlertRule, Level } from '../port/answers.js';

/** The words of what a rule looks at, and how its figure is said. */
const signals: Readonly<Record<string, readonly [words: string, say: (value: number) => string]>> = {
  depth: ['waiting', count],
  growth: ['growth', (value) => `${count(value)}/s`],
  oldestSeconds: ['oldest', duration],
  stalledSeconds: ['nothing taken for', duration],
  drainSeconds: ['drains in', duration],
  restarts: ['restarts', (value) => `${count(value)}/min`],
  switchedOff: ['switched off,', (value) => (value < 2 ? 'messages pass' : 'messages are rejected')],
};

/** When what fires. */
export function rulesView(rules: readonly AlertRule[]): TemplateResult {
  return html`<table class="rules">
    <thead>
      <tr>
        <th scope="col">Rule</th>
        <th scope="col">Warning from</th>
        <th scope="col">Critical from</th>
        <th scope="col" class="figure">For</th>
        <th scope="col" class="wide">Of</th>
      </tr>
    </thead>
    <tbody>
      ${rules.map(
        ({ name, summary, classes, mailboxes, warning, critical, forSeconds }) =>
          html`<tr>
            <th scope="row" title=${summary}>${name}</th>
            <td>${levelText(warning)}</td>
            <td>${levelText(critical)}</td>
            <td class="figure">${duration(forSeconds)}</td>
            <td class="wide soft">${classes.join(', ')}${mailboxes === '*' ? '' : `, ${mailboxes}`}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** `waiting 200, growth 5/s`: all must hold. */
export function levelText(level: Level | undefined): string {
  if (level === undefined) return NOTHING;
  return Object.entries(level)
    .map(([signal, { above }]) => {
      const [words, say] = signals[signal] ?? [signal, count];
      return `${words} ${say(above)}`;
    })
    .join(', ');
}
