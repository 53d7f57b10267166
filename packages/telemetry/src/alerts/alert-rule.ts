import type { MailboxClass } from '../mailbox-class.js';

/** What a rule looks at. Each but `restarts` is a figure of a mailbox; see `MailboxReading`. */
export const signals = ['depth', 'growth', 'oldestSeconds', 'stalledSeconds', 'drainSeconds', 'restarts'] as const;

/**
 * - `depth`: messages waiting
 * - `growth`: by how many a second they become more, over 10 s
 * - `oldestSeconds`: age of the oldest
 * - `stalledSeconds`: how long nothing has left although something waits and its consumer is there
 * - `drainSeconds`: time until it is empty; infinite when it is not draining
 * - `restarts`: restarts a minute of the actors of one version of a behaviour
 */
export type Signal = (typeof signals)[number];

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
  /** Pattern of names of mailboxes (of behaviours, for `restarts`); `*` stands for anything. */
  readonly mailboxes: string;
  readonly warning?: Level;
  readonly critical?: Level;
  /** How long the conditions must hold before it fires. */
  readonly forSeconds: number;
  /** How long a clear threshold must be undercut before it is over. */
  readonly clearForSeconds: number;
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
