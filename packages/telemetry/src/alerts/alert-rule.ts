import type { MailboxClass } from '../mailbox-class.js';

/** What a rule looks at. Each but the last two is a figure of a mailbox; see `MailboxReading`. */
export const signals = [
  'depth',
  'growth',
  'oldestSeconds',
  'stalledSeconds',
  'drainSeconds',
  'restarts',
  'switchedOff',
] as const;

/**
 * - `depth`: messages waiting
 * - `growth`: by how many a second they become more, over 10 s
 * - `oldestSeconds`: age of the oldest
 * - `stalledSeconds`: how long nothing has left although something waits and its consumer is there
 * - `drainSeconds`: time until it is empty; infinite when it is not draining
 * - `restarts`: restarts a minute of the actors of one version of a behaviour
 * - `switchedOff`: 1 for a version of an interceptor that is switched off while messages pass without it, 2 while they are
 *   rejected
 */
export type Signal = (typeof signals)[number];

/** What a rule is about: mailboxes, or versions of code that have one of the other signals. */
export const subjects = ['mailboxes', 'restarts', 'switchedOff'] as const;
export type Subject = (typeof subjects)[number];

export const severities = ['warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Fires from `above` on, and is over below `clear`. */
export interface Threshold {
  readonly above: number;
  readonly clear: number;
}

/** Conditions that must all hold. */
export type Level = { readonly [S in Signal]?: Threshold };

/** A complete rule; `parseRules` makes it of what a configuration says. */
export interface AlertRule {
  readonly name: string;
  readonly summary: string;
  /** Classes of mailboxes that it looks at. */
  readonly classes: readonly MailboxClass[];
  /** Pattern of names of mailboxes, or of behaviours or interceptors with their version; `*` stands for anything. */
  readonly mailboxes: string;
  readonly warning?: Level;
  readonly critical?: Level;
  /** How long the conditions must hold before it fires. */
  readonly forSeconds: number;
  /** How long a clear threshold must be undercut before it is over. */
  readonly clearForSeconds: number;
}

/** What the conditions of a severity are about. */
export function subjectOfLevel(level: { readonly [S in Signal]?: unknown }): Subject {
  return subjects.find((one) => one !== 'mailboxes' && level[one] !== undefined) ?? 'mailboxes';
}

/** All severities of a rule are about the same. */
export function subjectOf({ warning, critical }: AlertRule): Subject {
  return subjectOfLevel(warning ?? critical ?? {});
}

/** What a subject shows of the signals; a signal that is not there fulfils no condition. */
export type Shown = { readonly [S in Signal]?: number | undefined };

export function isMet(level: Level, shown: Shown): boolean {
  return holds(level, shown, 'above');
}

/** True until a clear threshold is undercut. */
export function isHeld(level: Level, shown: Shown): boolean {
  return holds(level, shown, 'clear');
}

function holds(level: Level, shown: Shown, bound: keyof Threshold): boolean {
  for (const signal of signals) {
    const threshold = level[signal];
    if (threshold === undefined) continue;
    const value = shown[signal];
    if (value === undefined || value < threshold[bound]) return false;
  }
  return true;
}
