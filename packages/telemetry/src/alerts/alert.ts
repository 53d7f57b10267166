import type { MailboxClass } from '../mailbox-class.js';
import type { Rates } from '../statistics/mailbox-reading.js';
import type { Filler } from '../statistics/heavy-hitters.js';
import type { Severity } from './alert-rule.js';

/** What whoever runs the actors knows of the consumer of a mailbox. */
export interface ConsumerDetails {
  readonly behaviour: string | null;
  readonly version: string | null;
  /** The last load of code that its actor runs; where that has never changed, of any. */
  readonly lastLoad: { readonly module: string; readonly version: string; readonly at: number } | null;
  /** What its actor is doing, in a few words: `waiting`, `running for 3 s`, `not acking: 4,096 in flight`. */
  readonly doing: string | null;
}

/** Figures of the mailbox, as `MailboxReading` has them. */
export interface AlertFigures {
  readonly depth: number;
  readonly in: Rates;
  readonly out: Rates;
  readonly growth: number;
  readonly oldestSeconds: number;
  readonly stalledSeconds: number;
  readonly drainSeconds: number | undefined;
}

/** What an operator is told. Names are as they may be shown. Times in ms since the epoch. */
export interface Alert extends ConsumerDetails {
  /** The same for as long as it fires; `rule/mailbox`, or `rule/*` for many at once. */
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly summary: string;
  /** The mailbox; of code the behaviour or the interceptor and its version; of many at once the one that is worst off. */
  readonly name: string;
  /** null: not of a mailbox but of a version of code. */
  readonly class: MailboxClass | null;
  /** Of many at once: how many. */
  readonly mailboxes: number;
  /** Of many at once: some of them, the deepest first. */
  readonly examples: readonly string[];
  readonly since: number;
  readonly at: number;
  /** null: of code, or of a mailbox that has nothing any more. */
  readonly figures: AlertFigures | null;
  /** Restarts a minute, of a behaviour; null: of a mailbox, or of an interceptor that is switched off. */
  readonly restarts: number | null;
  /** Who fills the mailbox, the most first. */
  readonly topSenders: readonly Filler[];
  /** The command to look closer. */
  readonly look: string;
}

/**
 * What became of an alert:
 * - `firing`: it has begun, or goes on with another severity or many more mailboxes
 * - `resolved`: it is over, or its rule is gone
 * - `silenced`: it goes on, and is not told any more
 */
export interface AlertEvent {
  readonly type: 'firing' | 'resolved' | 'silenced';
  readonly alert: Alert;
}
