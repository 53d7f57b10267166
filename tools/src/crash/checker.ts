import { AnswerCheck, describe } from './check-answers.js';
import { DeliveryCheck } from './check-deliveries.js';
import type { KillTime } from './check-deliveries.js';
import { ReceiptCheck } from './check-receipts.js';
import type { ClientEvent, UserLog } from './event-log.js';
import { History } from './history.js';
import type { Life, Sent } from './history.js';
import { Violations } from './violation.js';
import type { Violation } from './violation.js';

/** What the checker must know besides the logs. */
export interface RoundFacts {
  readonly kills: readonly KillTime[];
  /** REJECTED codes that a sound SEND may get in this round. */
  readonly allowedRejections: readonly string[];
  /** Number of the newest event when everything had drained; what is delivered after it came back from the dead. 0 = none. */
  readonly restN: number;
}

/** Codes with which a sound connection may end: by itself, by a kill, by a drain. 4003 is judged apart. */
const soundCloses: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006, 4006]);

/**
 * Proves from the clients' logs that the router kept its promises, or says where it did not. Expects logs of a round
 * that came to rest: everybody connected, nothing left to resend. Pure.
 */
export function check(logs: readonly UserLog[], facts: RoundFacts): Violation[] {
  return new Checker(facts).run(logs);
}

class Checker {
  readonly #facts: RoundFacts;
  readonly #history = new History();
  readonly #violations = new Violations();
  readonly #answers: AnswerCheck;
  readonly #deliveries: DeliveryCheck;
  readonly #receipts: ReceiptCheck;

  constructor(facts: RoundFacts) {
    this.#facts = facts;
    this.#answers = new AnswerCheck(this.#history, this.#violations, new Set(facts.allowedRejections));
    this.#deliveries = new DeliveryCheck(this.#history, this.#violations, facts.kills);
    this.#receipts = new ReceiptCheck(this.#violations, this.#deliveries, facts.allowedRejections.length > 0);
  }

  run(logs: readonly UserLog[]): Violation[] {
    for (const { user, event } of inOrder(logs)) this.#take(user, event);
    this.#receipts.finish();
    for (const user of this.#history.users.values())
      for (const life of user.lives.values()) for (const sent of life.sent.values()) this.#ending(life, sent);
    return this.#violations.list;
  }

  #take(name: string, event: ClientEvent): void {
    const user = this.#history.user(name);
    if (event.what === 'hello') return this.#answers.hello(user, event);
    if (event.what === 'abandoned') {
      const life = user.lives.get(event.life);
      if (life !== undefined) life.abandoned = true;
      return;
    }
    const connection = user.connections.get(event.conn);
    if (connection === undefined) return;
    switch (event.what) {
      case 'welcome':
        this.#afterRest(name, event, event.pending > 0);
        return this.#answers.welcome(user, connection, event);
      case 'closed':
        if (!soundCloses.has(event.code) && !(event.code === 4003 && user.helloN > connection.helloN))
          this.#violations.add('closed', name, event, `with ${event.code}`);
        return;
      case 'send':
        return this.#answers.send(connection, event);
      case 'read':
        return this.#answers.read(connection, event);
      case 'accepted':
        return this.#answers.accepted(connection, event);
      case 'rejected':
        return this.#answers.rejected(connection, event);
      case 'deliver':
        this.#afterRest(name, event, true);
        return this.#deliveries.deliver(user, connection, event);
      case 'receipt':
        this.#afterRest(name, event, true);
        return this.#receipts.receipt(user, connection, event);
      case 'shown':
        return this.#deliveries.shown(user, event);
      case 'ack':
        return this.#deliveries.ack(connection, event);
      case 'error':
        return this.#violations.add('closed', name, event, `ERROR ${event.code} ${event.detail}`);
      case 'goodbye':
        return;
      default:
        return event satisfies never;
    }
  }

  #afterRest(user: string, event: ClientEvent, isEntry: boolean): void {
    if (isEntry && this.#facts.restN > 0 && event.n > this.#facts.restN)
      this.#violations.add('repeated', user, event, `${JSON.stringify(event)} after everything had been acked`);
  }

  #ending(life: Life, sent: Sent): void {
    const { user } = life;
    if (sent.answer === '') {
      if (life.client !== '' && !life.abandoned) this.#violations.add('unanswered', user, undefined, describe(sent));
      return;
    }
    if (sent.answer !== 'accepted') return;
    if (sent.kind === 'read') {
      const author = this.#history.users.get(sent.peer)?.origins.get(sent.origin);
      if ((author?.to(user).receiptCid[2] ?? 0) < sent.upTo)
        this.#violations.add('receipt-missing', sent.peer, undefined, `kind 2 for ${describe(sent)}`);
      return;
    }
    if (sent.shownN === 0) this.#violations.add('lost', user, undefined, describe(sent));
    const { receiptCid } = life.to(sent.to);
    if (sent.ackedN > 0 && Math.max(receiptCid[1], receiptCid[2]) < sent.cid)
      this.#violations.add('receipt-missing', user, undefined, `${describe(sent)}, acked at event ${sent.ackedN}`);
  }
}

/** The events of all logs in the order of their numbers. */
function inOrder(logs: readonly UserLog[]): { user: string; event: ClientEvent }[] {
  const all = logs.flatMap(({ user, events }) => events.map((event) => ({ user, event })));
  return all.sort((a, b) => a.event.n - b.event.n);
}
