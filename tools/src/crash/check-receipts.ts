import type { ClientEvent } from './event-log.js';
import { describe } from './check-answers.js';
import type { DeliveryCheck } from './check-deliveries.js';
import type { Connection, Conversation, Life, Message, User } from './history.js';
import type { Violations } from './violation.js';

type Receipt = Extract<ClientEvent, { what: 'receipt' }>;

/** A receipt that spoke of a message which its recipient had not taken: wrong, unless that one failed or was rejected. */
interface Doubt {
  readonly message: Message;
  readonly event: Receipt;
}

/** Follows RECEIPTs: what they say must have happened before (semantics 7.1). */
export class ReceiptCheck {
  readonly #violations: Violations;
  readonly #deliveries: DeliveryCheck;
  readonly #quotas: boolean;
  readonly #doubts: Doubt[] = [];

  /** `quotas`: a sound SEND may be rejected in this round. */
  constructor(violations: Violations, deliveries: DeliveryCheck, quotas: boolean) {
    this.#quotas = quotas;
    this.#violations = violations;
    this.#deliveries = deliveries;
  }

  receipt(user: User, connection: Connection, event: Receipt): void {
    const life = user.origins.get(event.origin);
    if (life === undefined) {
      this.#violations.add(
        'receipt-false',
        user.name,
        event,
        `of origin ${event.origin}, which is none of this user's`,
      );
      this.#deliveries.number(connection, event, { message: undefined });
      return;
    }
    const conversation = life.to(event.peer);
    // Only kind 1 proves that an ack was taken: a READ may overtake it by another connection.
    const entry = event.kind === 1 ? { receiptOf: conversation, cid: event.cid } : { message: undefined };
    this.#deliveries.number(connection, event, entry);
    if (event.kind === 3) this.#failed(life, event);
    else if (event.kind === 1 || event.kind === 2) this.#taken(life, conversation, event.kind, event);
    else this.#violations.add('receipt-false', user.name, event, `kind ${event.kind}`);
  }

  /** What was in doubt and has turned out to be neither failed nor rejected. */
  finish(): void {
    for (const { message, event } of this.#doubts) {
      if (message.answer === 'rejected' || message.failedN > 0) continue;
      // Its client never saw the answer and will not ask again: it may have been a rejection.
      if (message.answer === '' && (this.#quotas || message.expect !== 'taken')) continue;
      this.#violations.add(
        'receipt-false',
        message.life.user,
        event,
        `kind ${event.kind} up to ${event.cid}, but ${describe(message)} was not taken`,
      );
    }
  }

  #taken(life: Life, conversation: Conversation, kind: 1 | 2, event: Receipt): void {
    const { messages, receiptCid, receiptChecked } = conversation;
    if (event.cid > (messages.at(-1)?.cid ?? 0) || (kind === 2 && event.cid > conversation.readCid))
      this.#violations.add(
        'receipt-false',
        life.user,
        event,
        `kind ${kind} from ${event.peer} up to ${event.cid}: beyond what was sent or read`,
      );
    receiptCid[kind] = Math.max(receiptCid[kind], event.cid);
    for (; receiptChecked[kind] < messages.length; receiptChecked[kind]++) {
      const message = messages[receiptChecked[kind]] as Message;
      if (message.cid > event.cid) break;
      if ((kind === 1 ? message.ackedN : message.shownN) === 0) this.#doubts.push({ message, event });
    }
  }

  #failed(life: Life, event: Receipt): void {
    const last = Math.max(event.cid, event.upTo);
    const hit = life.to(event.peer).messages.filter(({ cid }) => cid >= event.cid && cid <= last);
    if (hit.length === 0)
      this.#violations.add(
        'receipt-false',
        life.user,
        event,
        `kind 3 ${event.code} of cid ${event.cid} to ${event.peer}: never sent`,
      );
    for (const message of hit) {
      if (event.code !== 'expired')
        this.#violations.add(
          'receipt-false',
          life.user,
          event,
          `${describe(message)} failed ${event.code}, which nothing here can cause`,
        );
      else if (message.ttl === 0 || event.at < message.sentAt + message.ttl * 1000)
        this.#violations.add(
          'ttl',
          life.user,
          event,
          `${describe(message)} expired ${event.at - message.sentAt} ms after it was sent`,
        );
      if (message.answer === 'rejected')
        this.#violations.add('answer-changed', life.user, event, `${describe(message)} was rejected and then failed`);
      if (message.failedN === 0) message.failedN = event.n;
      message.answer = 'failed';
    }
  }
}
