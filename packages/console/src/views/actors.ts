import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Console } from '../console.js';
import { count, counted, duration } from '../figures.js';
import { hashOf } from '../place.js';
import type { TreeActor, TreeSupervisor } from '../port/inspect-answers.js';

/** The supervision tree. */
export function actorsView({ state: { tree } }: Console): TemplateResult {
  if (tree === null) return html`<p class="empty">Looking …</p>`;
  const beside = tree.outside === 0 ? '' : `, ${count(tree.outside)} of them without a supervisor`;
  return html`<section class="panel" aria-labelledby="tree">
    <h2 id="tree">Supervision <span class="soft">${counted(tree.actors, 'actor')}${beside}</span></h2>
    <div class="tree">${branches(tree.supervisors, 0)}</div>
  </section>`;
}

function branches(children: readonly (TreeActor | TreeSupervisor)[], folded: number): TemplateResult {
  return html`<ul>
    ${repeat(
      children,
      ({ id }, index) => id ?? `none ${index}`,
      (child) => html`<li>${'strategy' in child ? supervisorView(child) : actorView(child)}</li>`,
    )}
    ${folded === 0 ? nothing : html`<li class="soft">${count(folded)} more, none of them deeper</li>`}
  </ul>`;
}

function supervisorView(supervisor: TreeSupervisor): TemplateResult {
  const { strategy, active, restarted, folded, groups, children } = supervisor;
  return html`<details open>
    <summary>
      <strong>${nameOf(supervisor)}</strong>
      <span class="soft">${strategy}, ${limitText(supervisor)}</span>
      <span>${counted(active, 'child', 'children')}</span>
      ${restarted === 0 ? nothing : html`<span class="tag warning">${counted(restarted, 'restart')}</span>`}
    </summary>
    ${
      folded === 0
        ? nothing
        : html`<ul class="groups">
            ${groups.map(
              ({ behaviour, version, actors, depth, restarts }) =>
                html`<li>
                  ${behaviour} ${version}: ${counted(actors, 'actor')},
                  ${counted(depth, 'message')}${restarts === 0 ? '' : `, ${counted(restarts, 'restart')}`}
                </li>`,
            )}
          </ul>`
    }
    ${branches(children, folded)}
  </details>`;
}

function actorView(actor: TreeActor): TemplateResult {
  const { id, behaviour, version, status, depth, restarts } = actor;
  const name = nameOf(actor);
  return html`<div class="actor">
    <span class="grow">${id === null ? name : html`<a href=${hashOf('mailboxes', `<${id}>`)}>${name}</a>`}</span>
    <span class="soft">${behaviour} ${version}</span>
    <span class="state">${status}</span>
    <span class="figure">${depth === 0 ? nothing : counted(depth, 'message')}</span>
    ${restarts === 0 ? nothing : html`<span class="tag warning">${counted(restarts, 'restart')}</span>`}
  </div>`;
}

function limitText({ intensity, periodMs }: TreeSupervisor): string {
  if (intensity >= Number.MAX_SAFE_INTEGER) return 'restarts without end';
  return `at most ${counted(intensity, 'restart')} in ${duration(periodMs / 1_000)}`;
}

function nameOf({ id, name, user, service }: TreeActor): string {
  const who = [service, user].filter((text) => text !== undefined).join(' ');
  return `${id === null ? '<–>' : `<${id}>`} ${name ?? who}`.trimEnd();
}
