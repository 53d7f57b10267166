import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { ref } from 'lit-html/directives/ref.js';
import type { Console } from '../console.js';
import type { Confirmation, SilenceDraft } from '../state.js';
import { textsOf } from './form-text.js';

/** What a silence may last, in minutes. */
const lengths: readonly (readonly [minutes: number, text: string])[] = [
  [30, '30 min'],
  [120, '2 h'],
  [480, '8 h'],
  [1_440, '1 d'],
  [10_080, '7 d'],
];

/**
 * The dialog that is open, if one is. The browser keeps the focus in it, and gives it back. It tells of its closing a moment later: whoever
 * has asked for another by then gets that, in an element of its own.
 */
export function dialogView(page: Console): TemplateResult | typeof nothing {
  const { dialog } = page.state;
  if (dialog === null) return nothing;
  const closed = (): void => {
    if (page.state.dialog === dialog) page.update({ dialog: null });
  };
  const view = html`<dialog aria-labelledby="dialog-title" ${ref(open)} @close=${closed}>
    ${dialog.kind === 'silence' ? silenceForm(page, dialog) : confirmation(dialog)}
  </dialog>`;
  // a form stays the same while its draft is told what is wrong with it
  return html`${keyed(dialog.kind === 'silence' ? 'silence' : dialog, view)}`;
}

/** It is called before the element is in the page, where it cannot be opened yet. */
function open(element: Element | undefined): void {
  if (!(element instanceof HTMLDialogElement)) return;
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal();
  });
}

function close(event: Event): void {
  (event.target as Element).closest('dialog')?.close();
}

function silenceForm(page: Console, draft: SilenceDraft): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = textsOf(event.target);
    void page.silence(
      { ...draft, rule: text('rule'), mailbox: text('mailbox') },
      Number(text('for')) * 60_000,
      text('comment'),
    );
  };
  return html`<form @submit=${submit}>
    <h2 id="dialog-title">Silence alerts</h2>
    <label
      >Mailbox <input name="mailbox" .value=${draft.mailbox} placeholder="any" spellcheck="false" autocomplete="off"
    /></label>
    <label
      >Rule <input name="rule" .value=${draft.rule} placeholder="any" spellcheck="false" autocomplete="off"
    /></label>
    <label
      >For
      <select name="for">
        ${lengths.map(([minutes, text]) => html`<option value=${minutes} ?selected=${minutes === 120}>${text}</option>`)}
      </select></label
    >
    <label
      >Why <input name="comment" maxlength="1000" autocomplete="off" placeholder="for those who ask later"
    /></label>
    <p class="soft"><code>*</code> stands for anything. It is judged all the same, and told when the silence ends.</p>
    ${draft.problem === '' ? nothing : html`<p class="problem" role="alert">${draft.problem}</p>`}
    <div class="actions">
      <button type="submit" class="main">Silence</button>
      <button type="button" @click=${close}>Cancel</button>
    </div>
  </form>`;
}

function confirmation({ title, text, label, act }: Confirmation): TemplateResult {
  return html`<h2 id="dialog-title">${title}</h2>
    <p>${text}</p>
    <div class="actions">
      <button type="button" class="main" @click=${() => act()}>${label}</button>
      <button type="button" @click=${close}>Cancel</button>
    </div>`;
}
