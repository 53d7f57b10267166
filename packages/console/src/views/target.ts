import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';
import type { Console } from '../console.js';
import { bytes, count, counted, drain, duration, percent, rate } from '../figures.js';
import { hashOf } from '../place.js';
import type { ActorView, MailboxView, ServiceView, TargetAnswer, UserView } from '../port/inspect-answers.js';
import { rowsView } from './rows.js';
import type { Row } from './rows.js';

/** One user, service or actor, closer; what a message says is never shown. */
export function targetView(page: Console, target: string): TemplateResult {
  const { inspected } = page.state;
  const found = inspected?.target === target ? inspected : null;
  return html`<section class="panel target" aria-labelledby="target-name">
    <h2 id="target-name">
      ${target}<a class="more" href=${hashOf('mailboxes')} aria-label="Close ${target}">close</a>
    </h2>
    ${
      found === null
        ? html`<p class="empty">Looking …</p>`
        : found.answer === null
          ? html`<p class="empty" role="status">
              The router knows no user, service or actor of this name. A user is found by name, and while connected by
              pseudonym too.
            </p>`
          : answerView(page, found.answer)
    }
  </section>`;
}

function answerView(page: Console, answer: TargetAnswer): TemplateResult {
  if (answer.kind === 'actor') return actorView('Actor', answer);
  return answer.kind === 'user' ? userView(page, answer) : serviceView(page, answer);
}

function userView(page: Console, user: UserView): TemplateResult {
  const { connection, mailbox, session } = user;
  return html`${actionsView(page, user.user, connection !== null)} ${mailboxView(mailbox, 'in flight')}
  ${
    connection === null
      ? rowsView('Connection', [['', user.online ? 'not connected, left a moment ago' : 'not connected']])
      : rowsView('Connection', connectionRows(connection))
  }
  ${
    session !== null
      ? actorView('Session', session)
      : connection === null
        ? nothing
        : html`<p class="problem">The session has crashed and is not started again yet.</p>`
  }`;
}

function connectionRows(connection: NonNullable<UserView['connection']>): Row[] {
  const { forMs, client, window, inFlight, unanswered, framesWaiting, stalledMs, bufferedBytes } = connection;
  return [
    ['for', duration(Math.round(forMs / 1_000))],
    ['client', client === '' ? 'without a name' : client],
    ['window', `${count(inFlight.messages + inFlight.receipts)} of ${count(window)}, ${bytes(inFlight.bytes)}`],
    ['sends', `${count(unanswered)} unanswered, ${counted(framesWaiting, 'frame')} not handled`],
    [
      'socket',
      stalledMs > 0
        ? html`<strong class="problem"
            >not read for ${duration(stalledMs / 1_000)}, ${bytes(bufferedBytes)} wait</strong
          >`
        : 'reads',
    ],
  ];
}

function serviceView(page: Console, service: ServiceView): TemplateResult {
  const { versions, mailbox, callsWaiting, lanes, busy, longestInHandMs, deepest, actor } = service;
  return html`${actionsView(page, service.service, false)} ${mailboxView(mailbox, 'in hand')}
  ${rowsView('Service', [
    ['versions', versions.map(({ version, actors }) => `${version}: ${counted(actors, 'actor')}`).join(', ')],
    ['state', service.state === 'shared' ? 'one for all' : 'one for each caller'],
    ['lanes', `${count(lanes)}, ${count(busy)} busy`],
    ['longest in hand', duration(longestInHandMs === null ? null : longestInHandMs / 1_000)],
    ['calls waiting', count(callsWaiting)],
  ])}
  ${
    service.state === 'shared' || deepest.length === 0
      ? nothing
      : rowsView(
          'Deepest lanes',
          deepest.map(({ caller, depth, inHand }) => [
            caller ?? '',
            `${count(depth)}${inHand === null ? '' : `, ${inHand.what} in hand for ${duration(inHand.forMs / 1_000)}`}`,
          ]),
        )
  }
  ${actor === null ? nothing : actorView('Actor', actor)}`;
}

function mailboxView(mailbox: MailboxView, held: string): TemplateResult {
  const { messages, inFlight, inMemory, stored, receipts, oldestAgeMs, pace, senders } = mailbox;
  return rowsView('Mailbox', [
    [
      'waiting',
      html`<strong>${count(messages)}</strong> ${messages === 1 ? 'message' : 'messages'}, ${bytes(mailbox.bytes)}`,
    ],
    [held, count(inFlight)],
    ['in memory', count(inMemory)],
    ['on disk alone', count(stored)],
    ['receipts', count(receipts)],
    ['oldest', duration(oldestAgeMs === null ? null : oldestAgeMs / 1_000)],
    ...(pace === null ? [] : paceRows(pace)),
    ...(senders.length === 0 ? [] : [sentBy(senders)]),
  ]);
}

function paceRows({ in: came, out, stalledSeconds, drainSeconds }: NonNullable<MailboxView['pace']>): Row[] {
  return [
    ['in, out', `${rate(came[1])}/s, ${rate(out[1])}/s`],
    ['drains in', drainSeconds === null ? 'when its user is back' : drain(drainSeconds)],
    ...(stalledSeconds >= 1
      ? [['nothing taken for', html`<strong class="problem">${duration(stalledSeconds)}</strong>`] as const]
      : []),
  ];
}

/** Of the oldest messages only, so that a large mailbox need not be read. */
function sentBy(senders: MailboxView['senders']): Row {
  return ['sent by', senders.map(({ name, share }) => `${name} ${percent(share)}`).join(', ')];
}

function actorView(title: string, actor: ActorView): TemplateResult {
  const { id, name, behaviour, version, status, depth, received, handled, links, monitors, parent, state } = actor;
  return rowsView(title, [
    ['actor', `<${id}>${name === null ? '' : ` ${name}`}`],
    ['runs', `${behaviour} ${version}`],
    ['status', status],
    ['waiting', count(depth)],
    ['handled', `${count(handled)} of ${count(received)}`],
    ['links, monitors', `${count(links)}, ${count(monitors)}`],
    ['parent', parent ?? '–'],
    [
      'state',
      state === null ? 'not to be had while it is busy' : html`<code>${state.shape}</code> ${bytes(state.bytes)}`,
    ],
  ]);
}

function actionsView(page: Console, name: string, isConnected: boolean): TemplateResult {
  const silence = (): void => page.update({ dialog: { kind: 'silence', rule: '', mailbox: name, problem: '' } });
  return html`<div class="actions">
    <button type="button" @click=${silence}>Silence …</button>
    ${isConnected ? html`<button type="button" @click=${() => page.disconnect(name)}>Disconnect …</button>` : nothing}
  </div>`;
}
