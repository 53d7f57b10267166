import type { Alert, AlertFigures } from './alert.js';

/** An alert as JSON has it, where no number is infinite. */
export type AlertJson = Omit<Alert, 'figures'> & {
  readonly figures: (Omit<AlertFigures, 'drainSeconds'> & { readonly drainSeconds: DrainJson }) | null;
};

/** `'never'`: it is not draining; null: its user is away. */
export type DrainJson = number | 'never' | null;

export function alertJson(alert: Alert): AlertJson {
  const { figures } = alert;
  if (figures === null) return { ...alert, figures };
  const { depth, in: came, out, growth, oldestSeconds, stalledSeconds, drainSeconds } = figures;
  const drain = drainJson(drainSeconds);
  return { ...alert, figures: { depth, in: came, out, growth, oldestSeconds, stalledSeconds, drainSeconds: drain } };
}

export function drainJson(seconds: number | undefined): DrainJson {
  if (seconds === undefined) return null;
  return seconds === Infinity ? 'never' : seconds;
}
