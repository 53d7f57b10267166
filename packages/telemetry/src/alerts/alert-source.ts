import type { MailboxClass } from '../mailbox-class.js';
import type { MailboxReading } from '../statistics/mailbox-reading.js';
import type { AlertRule, Shown } from './alert-rule.js';

/** What rules are about, at one moment. */
export interface Look {
  readonly name: string;
  /** null: a behaviour. */
  readonly class: MailboxClass | null;
  readonly shown: Shown;
  /** Of a mailbox. */
  readonly reading: MailboxReading | null;
  /** Of a behaviour. */
  readonly actors: { readonly behaviour: string; readonly version: string; readonly perMinute: number } | null;
}

/** Where an engine looks: mailboxes, or behaviours. A handle is good for one pass over one rule. */
export interface AlertSource {
  /** Handles of all that may fulfil a rule's conditions, and of others perhaps; at most `limit`. */
  candidates(rule: AlertRule, limit: number): readonly number[];
  nameAt(handle: number): string;
  /** The handle of something that was there before, if it is still. */
  find(name: string, handle: number): number | undefined;
  look(handle: number): Look;
}
