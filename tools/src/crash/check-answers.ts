import type { ClientEvent } from './event-log.js';
import { Connection, Life } from './history.js';
import type { Answer, History, Message, Sent, User } from './history.js';
import type { Violations } from './violation.js';

type Of<W extends ClientEvent['what']> = Extract<ClientEvent, { what: W }>;

/** Follows logins, SENDs, READs and their answers (protocol, "Answers and resend"). */
export class AnswerCheck {
  readonly #history: History;
  readonly #violations: Violations;
  readonly #allowedRejections: ReadonlySet<string>;

  /** `allowedRejections`: codes that a sound SEND may get in this round (quotas). */
  constructor(history: History, violations: Violations, allowedRejections: ReadonlySet<string>) {
    this.#history = history;
    this.#violations = violations;
    this.#allowedRejections = allowedRejections;
  }

  hello(user: User, event: Of<'hello'>): void {
    let life = user.lives.get(event.life);
    if (life === undefined) user.lives.set(event.life, (life = new Life(user.name, event.life, event.client)));
    user.helloN = event.n;
    const { window, n, at } = event;
    user.connections.set(event.conn, new Connection(user.name, life, window, n, at, user.waiting));
  }

  welcome(user: User, connection: Connection, event: Of<'welcome'>): void {
    connection.welcomed = true;
    bindOrigin(user, connection.life, event.origin, event, this.#violations);
    if (event.lastCid > connection.life.highSent)
      this.#violations.add('last-cid', user.name, event, `${event.lastCid}, highest sent ${connection.life.highSent}`);
    const waiting = Math.min(connection.waitingAtHello, user.waiting);
    if (event.pending < waiting)
      this.#violations.add('pending-count', user.name, event, `${event.pending}, surely waiting ${waiting}`);
  }

  send(connection: Connection, event: Of<'send'>): void {
    const { life } = connection;
    note(connection, event.cid);
    const known = life.sent.get(event.cid);
    if (known?.kind === 'send') {
      known.resends++;
      known.resentAt = event.at;
      return;
    }
    const message: Message = {
      kind: 'send',
      life,
      cid: event.cid,
      to: event.to,
      id: event.id,
      ttl: event.ttl,
      expect: event.expect,
      sentN: event.n,
      sentAt: event.at,
      resends: 0,
      resentAt: 0,
      answer: '',
      code: '',
      answeredN: 0,
      arrivedN: 0,
      shownN: 0,
      ackedN: 0,
      settledAt: 0,
      failedN: 0,
    };
    life.sent.set(event.cid, message);
    life.to(event.to).messages.push(message);
    this.#history.messages.set(event.id, message);
  }

  read(connection: Connection, event: Of<'read'>): void {
    const { life } = connection;
    note(connection, event.cid);
    if (life.sent.has(event.cid)) return;
    const { cid, peer, origin, upTo } = event;
    life.sent.set(cid, { kind: 'read', life, cid, peer, origin, upTo, answer: '', code: '' });
    const author = this.#history.user(peer).origins.get(origin);
    if (author === undefined) return;
    const conversation = author.to(life.user);
    conversation.readCid = Math.max(conversation.readCid, upTo);
  }

  accepted(connection: Connection, event: Of<'accepted'>): void {
    if (!this.#inOrder(connection, event)) return;
    this.#settle(connection, event.cid, event);
  }

  rejected(connection: Connection, event: Of<'rejected'>): void {
    if (!this.#inOrder(connection, event)) return;
    this.#settle(connection, event.cid - 1, event);
    const sent = connection.life.sent.get(event.cid);
    const next = connection.cids[connection.answered];
    if (sent === undefined || next !== event.cid) {
      const why = sent?.answer === 'accepted' ? 'answer-changed' : 'answer-order';
      this.#violations.add(
        why,
        connection.user,
        event,
        `REJECTED ${event.cid} ${event.code}, next unanswered: ${next}`,
      );
      return;
    }
    connection.answered++;
    this.#answer(sent, 'rejected', event.code, event);
  }

  /** Answers only grow, and never beyond what was sent on this connection. */
  #inOrder(connection: Connection, event: Of<'accepted'> | Of<'rejected'>): boolean {
    const highest = connection.cids.at(-1) ?? 0;
    const { cid } = event;
    if (cid < connection.lastAnswer || cid > highest || !connection.welcomed) {
      const told = `${event.what} ${cid} after ${connection.lastAnswer}, highest sent ${highest}`;
      this.#violations.add('answer-order', connection.user, event, told);
      return false;
    }
    connection.lastAnswer = cid;
    return true;
  }

  /** Takes everything sent on this connection up to `cid` that has no answer on it as accepted. */
  #settle(connection: Connection, cid: number, event: ClientEvent): void {
    for (;;) {
      const next = connection.cids[connection.answered];
      if (next === undefined || next > cid) return;
      connection.answered++;
      const sent = connection.life.sent.get(next);
      if (sent !== undefined) this.#answer(sent, 'accepted', '', event);
    }
  }

  #answer(sent: Sent, answer: Answer, code: string, event: ClientEvent): void {
    const { user } = sent.life;
    const told = `${describe(sent)}: ${answer} ${code}`;
    if (sent.answer === 'failed') {
      if (answer === 'rejected') this.#violations.add('answer-changed', user, event, `${told}, after it had failed`);
      return;
    }
    if (sent.answer !== '') {
      if (sent.answer !== answer || sent.code !== code)
        this.#violations.add('answer-changed', user, event, `${told}, before: ${sent.answer} ${sent.code}`);
      return;
    }
    sent.answer = answer;
    sent.code = code;
    if (sent.kind === 'read') {
      if (answer === 'rejected') this.#violations.add('answer-wrong', user, event, told);
      return;
    }
    sent.answeredN = event.n;
    this.#judge(sent, told, event);
  }

  #judge(message: Message, told: string, event: ClientEvent): void {
    const { user } = message.life;
    if (message.answer === 'accepted') {
      if (message.expect !== 'taken')
        this.#violations.add('answer-wrong', user, event, `${told}, expected ${message.expect}`);
      else if (message.ttl === 0 && message.arrivedN === 0) this.#history.user(message.to).waiting++;
      return;
    }
    const right =
      message.expect === 'taken' ? this.#allowedRejections.has(message.code) : message.code === message.expect;
    if (!right) this.#violations.add('answer-wrong', user, event, `${told}, expected ${message.expect}`);
    if (message.arrivedN > 0)
      this.#violations.add('answer-wrong', user, event, `${told}, but it was delivered at event ${message.arrivedN}`);
  }
}

/** Remembers that `cid` was sent on this connection. */
function note(connection: Connection, cid: number): void {
  connection.cids.push(cid);
  connection.life.highSent = Math.max(connection.life.highSent, cid);
}

/** A life has one origin for ever, and shares it with no other of its user. */
export function bindOrigin(user: User, life: Life, origin: number, event: ClientEvent, violations: Violations): void {
  const owner = user.origins.get(origin);
  if (life.origin === -1 && owner === undefined) {
    life.origin = origin;
    user.origins.set(origin, life);
  } else if (owner !== life || life.origin !== origin) {
    const detail = `client '${life.client}' (${life.index}) has origin ${life.origin}, now ${origin}`;
    violations.add(
      'origin',
      user.name,
      event,
      `${detail}, which is ${owner === undefined ? 'new' : `that of '${owner.client}' (${owner.index})`}`,
    );
  }
}

/** A SEND or READ in the words of a report. */
export function describe(sent: Sent): string {
  const { life, cid } = sent;
  const by = `${life.user} (client '${life.client}', origin ${life.origin}) cid ${cid}`;
  if (sent.kind === 'read') return `READ of ${by} up to ${sent.peer}/${sent.origin}/${sent.upTo}`;
  return `message ${sent.id} of ${by} to ${sent.to}${sent.ttl > 0 ? ` ttl ${sent.ttl}` : ''}`;
}
