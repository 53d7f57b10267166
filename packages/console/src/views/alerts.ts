import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Console } from '../console.js';
import { clock, count, counted, drain, duration, growth, percent, rate } from '../figures.js';
import { hashOf, targetOf } from '../place.js';
import type { Alert, Silence } from '../port/answers.js';
import { rowsView } from './rows.js';
import { rulesView } from './rules.js';
import type { Row } from './rows.js';

/** What fires, and what is not to be told. */
export function alertsView(page: Console): TemplateResult {
  const { alerts, rules } = page.state;
  if (alerts === null) return html`<p class="empty">Looking …</p>`;
  return html`<section aria-labelledby="firing">
      <h2 id="firing">Firing</h2>
      ${
        alerts.alerts.length === 0
          ? html`<p class="panel empty">
              Nothing fires. People who are away and have mail are no alert; a consumer that does not keep up is.
            </p>`
          : repeat(
              alerts.alerts,
              ({ id }) => id,
              (alert) => alertView(page, alert),
            )
      }
    </section>
    <section class="panel" aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      ${
        alerts.silences.length === 0
          ? html`<p class="empty">Everything that fires is told.</p>`
          : html`<ul class="plain">
              ${repeat(
                alerts.silences,
                ({ id }) => id,
                (silence) => silenceView(page, silence),
              )}
            </ul>`
      }
    </section>
    ${
      rules === null
        ? nothing
        : html`<details class="panel">
            <summary><h2>Rules</h2></summary>
            ${rulesView(rules)}
          </details>`
    }`;
}

/** An alert in a line. */
export function alertLine(alert: Alert): TemplateResult {
  return html`<li class="line">
    <span class="tag ${alert.severity}">${alert.severity}</span>
    <span class="grow"><strong>${alert.rule}</strong> ${subjectOf(alert)}</span>
    <span class="soft">${ago(alert.since)}</span>
  </li>`;
}

function alertView(page: Console, alert: Alert): TemplateResult {
  const { severity, rule, summary, since } = alert;
  const silence = (): void =>
    page.update({ dialog: { kind: 'silence', rule, mailbox: alert.mailboxes > 1 ? '' : alert.name, problem: '' } });
  return html`<article class="panel alert ${severity}" aria-label="${severity}: ${rule}, ${alert.name}">
    <header>
      <span class="tag ${severity}">${severity}</span>
      <h3>${rule} <span class="subject">${subjectOf(alert)}</span></h3>
      <span class="soft" title=${clock(since)}>for ${ago(since)}</span>
      <button type="button" @click=${silence}>Silence …</button>
    </header>
    <p>${summary}</p>
    <div class="columns">${rowsView('Figures', figureRows(alert))} ${rowsView('Consumer', consumerRows(alert))}</div>
    <p class="soft">At a terminal: <code>${alert.look}</code></p>
  </article>`;
}

function subjectOf({ name, mailboxes, class: of }: Alert): TemplateResult {
  const more = mailboxes > 1 ? html`, the worst of ${counted(mailboxes, 'mailbox', 'mailboxes')}` : nothing;
  if (of === null) return html`${name}`;
  return html`<a href=${hashOf('mailboxes', targetOf(name))}>${name}</a> <span class="soft">${of}</span>${more}`;
}

function figureRows({ figures, restarts, topSenders, examples }: Alert): Row[] {
  const rows: Row[] = [];
  if (figures !== null) {
    const { depth, in: came, out, oldestSeconds, stalledSeconds, drainSeconds } = figures;
    rows.push(
      ['waiting', html`<strong>${count(depth)}</strong>, ${growth(figures.growth)}/s`],
      ['in, out', `${rate(came[1])}/s, ${rate(out[1])}/s`],
      ['oldest', duration(oldestSeconds)],
      ['drained in', drainSeconds === null ? 'when its user is back' : drain(drainSeconds)],
    );
    if (stalledSeconds >= 1) rows.push(['nothing taken for', duration(stalledSeconds)]);
  }
  if (restarts !== null) rows.push(['restarts', `${count(restarts)} in the last minute`]);
  if (topSenders.length > 0)
    rows.push(['filled by', topSenders.map(({ name, share }) => `${name} ${percent(share)}`).join(', ')]);
  if (examples.length > 0) rows.push(['among', examples.join(', ')]);
  return rows;
}

function consumerRows({ behaviour, version, lastLoad, doing }: Alert): Row[] {
  const rows: Row[] = [['is', doing ?? '–']];
  if (behaviour !== null) rows.push(['runs', `${behaviour} ${version ?? ''}`]);
  rows.push([
    'last load',
    lastLoad === null
      ? 'never changed'
      : html`<a href=${hashOf('code')}>${lastLoad.module} ${lastLoad.version}</a>, ${ago(lastLoad.at)} ago`,
  ]);
  return rows;
}

function silenceView(page: Console, silence: Silence): TemplateResult {
  const { id, rule, mailbox, class: of, until, by, comment } = silence;
  const what = [
    rule === undefined ? '' : `rule ${rule}`,
    mailbox === undefined ? '' : `mailbox ${mailbox}`,
    of === undefined ? '' : `class ${of}`,
  ].filter((one) => one !== '');
  const said = [by === undefined ? '' : `by ${by}`, comment ?? ''].filter((one) => one !== '');
  const name = what.join(', ');
  return html`<li class="line">
    <span class="grow"><strong>${name}</strong> <span class="soft">${said.join(': ')}</span></span>
    <span>for ${duration(Math.max(0, Math.round((until - Date.now()) / 1_000)))} more</span>
    <button type="button" aria-label="End the silence of ${name}" @click=${() => page.endSilence(id)}>End</button>
  </li>`;
}

function ago(ms: number): string {
  return duration(Math.max(0, Math.round((Date.now() - ms) / 1_000)));
}
