import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { Console } from '../console.js';
import { textsOf } from './form-text.js';
import { handlerFilesView } from './handler-files.js';
import { problemView } from './problem.js';

/** Id of the field that says which file. */
const FILE = 'load-file';

const canaries = [100, 1, 5, 10, 25, 50] as const;
/** Seconds; '' is what the router is configured for. */
const gates = ['', '0', '10', '30', '60', '300'] as const;

/** The form of a load: which file, how many actors first, and how long it is watched. */
export function loadFormView(page: Console): TemplateResult {
  const { files, operations, loadProblem } = page.state;
  const isBusy = operations?.some(({ ended }) => !ended) ?? false;
  return html`<form class="panel load" aria-labelledby="load" @submit=${(event: SubmitEvent) => submit(event, page)}>
    <h2 id="load">Load a handler module</h2>
    <div class="fields">
      <label class="grow"
        >File in the handlers directory
        <input
          id=${FILE}
          name="file"
          required
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          placeholder="counter.ts"
      /></label>
      <label
        >First
        <select name="canary">
          ${canaries.map((part) => html`<option value=${part}>${part === 100 ? 'all actors' : `${part} % of them`}</option>`)}
        </select></label
      >
      <label
        >Watched for
        <select name="gate">
          ${gates.map((gate) => html`<option value=${gate}>${gateText(gate)}</option>`)}
        </select></label
      >
      <button
        type="submit"
        value="dry"
        title="Checks it, and tries codeChange on copies of live states; nothing goes live"
      >
        Dry run
      </button>
      <button type="submit" value="load" class="main" ?disabled=${isBusy}>Load</button>
    </div>
    ${files === null ? nothing : handlerFilesView(files, choose)}
    ${loadProblem === null ? nothing : html`<div role="alert">${problemView(loadProblem)}</div>`}
  </form>`;
}

function choose(file: string): void {
  const input = document.getElementById(FILE) as HTMLInputElement;
  input.value = file;
  input.focus();
}

function gateText(gate: (typeof gates)[number]): string {
  if (gate === '') return 'as configured';
  if (gate === '0') return 'not watched';
  return Number(gate) < 60 ? `${gate} s` : `${Number(gate) / 60} min`;
}

function submit(event: SubmitEvent, page: Console): void {
  event.preventDefault();
  const text = textsOf(event.target);
  const gate = text('gate');
  void page.load({
    file: text('file'),
    canary: Number(text('canary')),
    gateMs: gate === '' ? undefined : Number(gate) * 1_000,
    dryRun: (event.submitter as HTMLButtonElement | null)?.value === 'dry',
  });
}
