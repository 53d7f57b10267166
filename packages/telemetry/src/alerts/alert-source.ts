import type { MailboxClass } from '../mailbox-class.js';
import type { MailboxReading } from '../statistics/mailbox-reading.js';
import type { AlertRule, Shown } from './alert-rule.js';

/** What rules are about, at one moment. */
export interface Look {
  readonly name: string;
  /** null: not a mailbox but a version of code. */
  readonly class: MailboxClass | null;
  readonly shown: Shown;
  /** Of a mailbox. */
  readonly reading: MailboxReading | null;
  readonly code: CodeLook | null;
}

/** A version of a behaviour or an interceptor, at one moment. */
export interface CodeLook {
  readonly behaviour: string;
  readonly version: string;
  /** Restarts of its actors in the last minute; null: of an interceptor, which has none. */
  readonly restarts: number | null;
  /** What is known besides, in a sentence. */
  readonly doing: string | null;
}

/** Where an engine looks: mailboxes, or versions of code. A handle is good for one pass over one rule. */
export interface AlertSource {
  /** Handles of all that may fulfil a rule's conditions, and of others perhaps; at most `limit`. */
  candidates(rule: AlertRule, limit: number): readonly number[];
  nameAt(handle: number): string;
  /** The handle of something that was there before, if it is still. */
  find(name: string, handle: number): number | undefined;
  look(handle: number): Look;
}
