import { alertText, alertTitle } from '../alerts/alert-text.js';
import type { Alert, AlertEvent } from '../alerts/alert.js';

/** How Alertmanager writes an alert, in its v2 interface and (with more around it) to webhooks. */

/** What does not change while it fires: Alertmanager knows it by these. */
export type AlertLabels = Readonly<Record<string, string>>;

export interface PostableAlert {
  readonly labels: AlertLabels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

export interface FormOptions {
  /** Label `instance`: which router it is. */
  readonly instance: string;
  /** Where an operator looks, for links. Default none. */
  readonly externalUrl?: string;
}

export function labelsOf(alert: Alert, { instance }: FormOptions): AlertLabels {
  const { rule, severity, class: className, name, behaviour, version } = alert;
  const base = { alertname: rule, severity, job: 'mailbeam', instance };
  if (className === null) return { ...base, behaviour: behaviour ?? name, version: version ?? '' };
  // many at once: which of them is worst off may change
  return { ...base, class: className, mailbox: alert.id.endsWith('/*') ? '*' : name };
}

export function annotationsOf(event: AlertEvent): Readonly<Record<string, string>> {
  const { rule, look } = event.alert;
  return {
    summary: alertTitle(event),
    description: alertText(event),
    look,
    runbook: `docs/operations.md#${rule}`,
  };
}

export const timeText = (ms: number): string => new Date(ms).toISOString();
