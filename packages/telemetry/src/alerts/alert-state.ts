import { isHeld, isMet } from './alert-rule.js';
import type { AlertRule, Severity, Shown } from './alert-rule.js';

export type AlertLevel = 'ok' | Severity;

/** Where one subject stands by one rule. Times in ms; 0: not. */
export interface AlertState {
  level: AlertLevel;
  /** Since when it is not ok; when it is, since when it was not. */
  since: number;
  /** Since when the conditions of a severity hold. */
  warningFrom: number;
  criticalFrom: number;
  /** Since when a clear threshold of its level is undercut. */
  clearFrom: number;
}

export function newState(): AlertState {
  return { level: 'ok', since: 0, warningFrom: 0, criticalFrom: 0, clearFrom: 0 };
}

/** True when there is nothing to remember. */
export function isBlank(state: AlertState): boolean {
  return state.level === 'ok' && state.warningFrom === 0 && state.criticalFrom === 0;
}

/**
 * One look at a subject. It gets worse once the conditions of a severity have held for `forSeconds`; it gets better once a
 * clear threshold of its level was undercut for `clearForSeconds` without a break. Returns whether its level has changed.
 *
 * @param shown undefined: the subject is not there any more, or empty
 */
export function step(state: AlertState, rule: AlertRule, shown: Shown | undefined, now: number): boolean {
  const before = state.level;
  const { warning, critical } = rule;
  state.warningFrom = from(
    state.warningFrom,
    warning !== undefined && shown !== undefined && isMet(warning, shown),
    now,
  );
  state.criticalFrom = from(
    state.criticalFrom,
    critical !== undefined && shown !== undefined && isMet(critical, shown),
    now,
  );
  if (state.level !== 'critical' && isDue(state.criticalFrom, rule.forSeconds, now)) raise(state, 'critical', now);
  else if (state.level === 'ok' && isDue(state.warningFrom, rule.forSeconds, now)) raise(state, 'warning', now);
  else if (state.level !== 'ok') ease(state, rule, shown, now);
  return state.level !== before;
}

function raise(state: AlertState, level: Severity, now: number): void {
  if (state.level === 'ok') state.since = now;
  state.level = level;
  state.clearFrom = 0;
}

function ease(state: AlertState, rule: AlertRule, shown: Shown | undefined, now: number): void {
  const level = state.level === 'critical' ? rule.critical : rule.warning;
  const isStill = level !== undefined && shown !== undefined && isHeld(level, shown);
  state.clearFrom = from(state.clearFrom, !isStill, now);
  if (!isDue(state.clearFrom, rule.clearForSeconds, now)) return;
  const { warning } = rule;
  const isWarning =
    state.level === 'critical' && warning !== undefined && shown !== undefined && isHeld(warning, shown);
  state.level = isWarning ? 'warning' : 'ok';
  state.clearFrom = 0;
}

function from(before: number, holds: boolean, now: number): number {
  return holds ? before || now : 0;
}

function isDue(since: number, seconds: number, now: number): boolean {
  return since !== 0 && now - since >= seconds * 1_000;
}
