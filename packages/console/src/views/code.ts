import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Console } from '../console.js';
import { count, duration } from '../figures.js';
import type { ModuleInfo, VersionInfo } from '../port/code-answers.js';
import { loadFormView } from './load-form.js';
import { operationView } from './operation.js';

/** Operations that have ended and are shown still. */
const ENDED_SHOWN = 5;

/** Modules and their versions; loads, rollbacks, and how far they are. */
export function codeView(page: Console): TemplateResult {
  const { modules, operations } = page.state;
  const running = operations?.filter(({ ended }) => !ended) ?? [];
  const ended = operations?.filter((one) => one.ended).slice(0, ENDED_SHOWN) ?? [];
  return html`${loadFormView(page)}
    <section aria-labelledby="operations" aria-live="polite">
      <h2 id="operations">Operations</h2>
      ${
        running.length + ended.length === 0
          ? html`<p class="panel empty">Nothing was loaded or rolled back since the node was started.</p>`
          : repeat(
              [...running, ...ended],
              ({ id }) => id,
              (operation) => operationView(operation),
            )
      }
    </section>
    <section class="panel" aria-labelledby="modules">
      <h2 id="modules">Modules</h2>
      ${
        modules === null
          ? html`<p class="empty">Looking …</p>`
          : repeat(
              modules,
              ({ name }) => name,
              (module) => moduleView(page, module),
            )
      }
    </section>`;
}

function moduleView(page: Console, module: ModuleInfo): TemplateResult {
  const { name, kind, file, drift, versions, live } = module;
  const previous = versions.find(({ status }) => status === 'previous');
  return html`<article class="module" aria-label=${name}>
    <header>
      <h3>${name} <span class="soft">${kind}${file === '' ? ', built in' : `, ${file}`}</span></h3>
      ${['same', 'built in'].includes(drift) ? nothing : html`<span class="tag warning">${drift}</span>`}
      ${
        previous === undefined || live === undefined
          ? nothing
          : html`<button type="button" @click=${() => page.rollBack(name, previous.version)}>
              Roll back to ${previous.version} …
            </button>`
      }
    </header>
    <table>
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Status</th>
          <th scope="col" class="figure">Actors</th>
          <th scope="col" class="figure">Handled</th>
          <th scope="col" class="figure">Crashes</th>
          <th scope="col" class="figure wide">Rejects</th>
          <th scope="col" class="wide">Loaded</th>
        </tr>
      </thead>
      <tbody>
        ${versions.map((version) => versionView(version))}
      </tbody>
    </table>
  </article>`;
}

function versionView(version: VersionInfo): TemplateResult {
  const { status, builtIn, instances, loadedAt, by, freedAt, reason, fault, handled, crashes, rejects } = version;
  const age = duration(Math.max(0, Math.round((Date.now() - loadedAt) / 1_000)));
  const loaded = builtIn ? 'with the router' : `${age} ago${by === '' ? '' : ` by ${by}`}`;
  const trouble = fault ?? reason;
  return html`<tr>
      <th scope="row">${version.version}</th>
      <td><span class="tag ${status}">${status}</span></td>
      <td class="figure">${count(instances)}</td>
      <td class="figure">${count(handled)}</td>
      <td class="figure" ?data-worse=${crashes > 0}>${count(crashes)}</td>
      <td class="figure wide">${count(rejects)}</td>
      <td class="wide soft">${loaded}${freedAt === undefined ? '' : ', freed'}</td>
    </tr>
    ${
      trouble === undefined
        ? nothing
        : html`<tr>
            <td colspan="7" class="problem">${trouble}</td>
          </tr>`
    }`;
}
