import type { ClientEvent } from './event-log.js';

/** What can be wrong with a round, each with the sentence that a report prints. */
export const rules = {
  lost: 'an accepted message reached neither its recipient nor a failure (semantics: nothing accepted is lost)',
  unanswered: 'a SEND or READ that its client kept resending has no answer',
  'answer-wrong': 'a SEND or READ got an answer that it cannot have',
  'answer-changed': 'a resend was answered otherwise than the first time',
  'answer-order': 'answers did not come in cid order, or answer what was never sent on this connection',
  duplicate: 'the application saw a message twice',
  repeated: 'a message came again on one connection, or after it was erased or failed',
  order: 'messages of one pair arrived out of cid order',
  corrupt: 'a delivery does not match what its sender sent',
  numbering: 'seq is not 1, 2, 3, ... or something came before WELCOME',
  window: 'more entries were unacked than the window allows',
  origin: 'origins were mixed up between the clients of a user',
  'last-cid': 'lastCid is above what this client ever sent',
  'pending-count': 'WELCOME counts fewer entries than are surely waiting',
  'receipt-missing': 'a delivered message, or a READ, has no receipt',
  'receipt-false': 'a receipt says what has not happened',
  ttl: 'a message was handed out after its ttl, or expired before it',
  closed: 'a client that kept to the protocol was refused',
  drain: 'the round did not come to rest',
  ledger: 'the ledger does not balance',
  store: '`mailbeam store check` found something',
} as const;

export type Rule = keyof typeof rules;

export interface Violation {
  readonly rule: Rule;
  /** The user in whose log it shows; '' for the router as a whole. */
  readonly user: string;
  readonly detail: string;
  /** The number of the event where it showed; 0 when it is about the end of the round. */
  readonly n: number;
}

export class Violations {
  readonly list: Violation[] = [];

  add(rule: Rule, user: string, event: ClientEvent | undefined, detail: string): void {
    this.list.push({ rule, user, detail, n: event?.n ?? 0 });
  }
}
