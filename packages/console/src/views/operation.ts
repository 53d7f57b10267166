import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { count, counted, duration } from '../figures.js';
import type { Operation } from '../port/code-answers.js';
import { problemView } from './problem.js';

const phaseWords: Readonly<Record<string, string>> = {
  compiling: 'compiling',
  checking: 'checking in a thread of its own',
  dry_run: 'trying codeChange on copies of live states',
  starting: 'starting',
  moving: 'moving',
  gating: 'watching',
  moving_rest: 'moving the rest',
  going_back: 'going back',
  kept: 'live',
  rolled_back: 'rolled back',
  failed: 'refused',
  checked: 'passes its check',
};

/** How an operation looks that has ended so. */
const endTags: Readonly<Record<string, string>> = {
  kept: 'live',
  checked: 'live',
  rolled_back: 'critical',
  failed: 'critical',
};

/** A load or a rollback: where it is, how far, and how it ended. */
export function operationView(operation: Operation): TemplateResult {
  const { phase, ended, reason, problem, startedAt, endedAt, by, from, what } = operation;
  const seconds = ((endedAt ?? Date.now()) - startedAt) / 1_000;
  const isSaid = (operation.dryRunReport?.instances ?? 0) > 0; // by the report, with more to it
  const word = what === 'rollback' && phase === 'kept' ? 'rolled back' : (phaseWords[phase] ?? phase);
  return html`<article class="panel operation" aria-label="${what} of ${subjectOf(operation)}: ${word}">
    <header>
      <span class="tag ${ended ? (endTags[phase] ?? '') : 'canary'}">${word}</span>
      <h3>${subjectOf(operation)} ${from === undefined ? nothing : html`<span class="soft">after ${from}</span>`}</h3>
      <span class="soft"
        >${what}${by === '' ? '' : ` by ${by}`},
        ${ended ? `took ${duration(seconds)}` : duration(Math.max(0, Math.round(seconds)))}</span
      >
    </header>
    ${ended ? nothing : progressView(operation)}
    ${problem !== undefined ? problemView(problem) : reason === '' || isSaid ? nothing : html`<p>${reason}</p>`}
    ${operation.dryRunReport === undefined ? nothing : dryRunView(operation.dryRunReport)}
  </article>`;
}

function progressView({ phase, moved, old, failed, gateMs, phaseSince, canary }: Operation): TemplateResult {
  const all = moved + old + failed;
  const watched = phase === 'gating' ? `, ${watchText(gateMs, Date.now() - phaseSince)}` : '';
  const part = canary < 100 ? `, ${canary} % first` : '';
  return html`<div class="progress">
    <progress max=${Math.max(1, all)} .value=${all === 0 ? 0 : moved} aria-label="Actors moved"></progress>
    <span>${count(moved)} of ${counted(all, 'actor')} moved, ${count(failed)} failed${part}${watched}</span>
  </div>`;
}

/** Few samples make a watch longer than it was to be. */
export function watchText(gateMs: number, passedMs: number): string {
  const leftMs = gateMs - passedMs;
  if (leftMs <= 0) return `watched longer than ${duration(gateMs / 1_000)}: too little has happened to judge`;
  return `watched for ${duration(gateMs / 1_000)}, ${duration(Math.ceil(leftMs / 1_000))} left`;
}

function dryRunView(report: NonNullable<Operation['dryRunReport']>): TemplateResult {
  const { instances, tried, wouldMove, wouldThrow, errors, shapes } = report;
  if (instances === 0) return html`<p>No actor runs it: there is no state to carry over.</p>`;
  return html`<p>
      Tried on copies of ${tried < instances ? `${count(tried)} of ` : ''}${counted(instances, 'state')}:
      ${count(wouldMove)} would move,
      <span class=${wouldThrow > 0 ? 'problem' : ''}>${count(wouldThrow)} would throw</span>.
    </p>
    ${errors.map((error) => html`<p class="problem">${error}</p>`)}
    ${
      shapes.length === 0
        ? nothing
        : html`<table>
            <thead>
              <tr>
                <th scope="col" class="figure">States</th>
                <th scope="col">Shape before</th>
                <th scope="col">Shape after</th>
              </tr>
            </thead>
            <tbody>
              ${shapes.map(
                ({ before, after, count: states }) =>
                  html`<tr>
                    <td class="figure">${count(states)}</td>
                    <td><code>${before}</code></td>
                    <td>${before === after ? 'the same' : html`<code>${after}</code>`}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }`;
}

function subjectOf({ name, version, file }: Operation): string {
  if (name === undefined) return file === '' ? 'the module' : file;
  return version === undefined ? name : `${name} ${version}`;
}
