import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { Console } from '../console.js';
import { hashOf } from '../place.js';
import { mailboxClasses, mailboxOrders } from '../port/answers.js';
import type { MailboxClass, MailboxOrder } from '../port/answers.js';
import { textsOf } from './form-text.js';
import { mailboxTable } from './mailbox-table.js';
import { targetView } from './target.js';

const orderNames: Readonly<Record<MailboxOrder, string>> = {
  depth: 'deepest',
  growth: 'fastest growing',
  age: 'oldest message',
  rate: 'most traffic',
  drain: 'longest to drain',
};

/** The mailboxes that stand out, and one of them closer. */
export function mailboxesView(page: Console): TemplateResult {
  const { state } = page;
  const { order, class: of, target } = state;
  return html`<div class="bar">
      <form class="find" role="search" @submit=${(event: SubmitEvent) => find(event)}>
        <label for="target">Find</label>
        <input
          id="target"
          name="target"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          placeholder="user, $service or <actor>"
          required
        />
        <button type="submit">Look</button>
      </form>
      <label
        >Sorted by
        <select @change=${(event: Event) => page.choose({ order: valueOf(event) as MailboxOrder })}>
          ${mailboxOrders.map((one) => html`<option value=${one} ?selected=${one === order}>${orderNames[one]}</option>`)}
        </select></label
      >
      <label
        >Class
        <select @change=${(event: Event) => page.choose({ class: valueOf(event) as MailboxClass | '' })}>
          <option value="" ?selected=${of === ''}>all</option>
          ${mailboxClasses.map((one) => html`<option value=${one} ?selected=${one === of}>${one}</option>`)}
        </select></label
      >
    </div>
    <div class=${target === null ? 'whole' : 'beside'}>
      ${target === null ? nothing : targetView(page, target)}
      <section class="panel" aria-label="Mailboxes">${mailboxTable(page, 'Nothing waits here.')}</section>
    </div>`;
}

function find(event: SubmitEvent): void {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const text = textsOf(form)('target');
  if (text === '') return;
  location.hash = hashOf('mailboxes', text);
  form.reset();
}

function valueOf(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}
