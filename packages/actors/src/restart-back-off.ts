/** How long a supervisor waits before it restarts a child that keeps failing. */
export interface BackOff {
  /** The wait before the second restart in a row, ms; each one more doubles it. Over 0. Default 100. */
  readonly firstMs?: number;
  /** The longest wait, ms; not under `firstMs`. Default 30,000. */
  readonly maxMs?: number;
  /** The share of each wait that is left to chance, 0 to 1, so that children that failed together do not come back together. Default 0.5: half to all of the wait. */
  readonly jitter?: number;
}

export type ResolvedBackOff = Required<BackOff>;

export const backOffDefaults: ResolvedBackOff = Object.freeze({ firstMs: 100, maxMs: 30_000, jitter: 0.5 });

/**
 * The wait before a restart, in ms. Pure.
 * @param failures how often in a row the child has failed: 1 is a child that ran well before, and is restarted at once
 * @param chance 0 to 1
 */
export function backOffDelay(failures: number, backOff: ResolvedBackOff, chance: number): number {
  if (failures <= 1) return 0;
  const full = Math.min(backOff.maxMs, backOff.firstMs * 2 ** Math.min(failures - 2, 60));
  return full * (1 - backOff.jitter * chance);
}

/** What a supervisor remembers of a child that it has restarted. */
export interface FailureHistory {
  /** Failures in a row. */
  failures: number;
  startedAt: number;
}

/** One more failure at `now`. A child that has run for longer than `periodMs` begins again at one. Changes `history`; returns the failures in a row. */
export function noteFailure(history: FailureHistory, startFailed: boolean, now: number, periodMs: number): number {
  history.failures = startFailed || now - history.startedAt <= periodMs ? history.failures + 1 : 1;
  return history.failures;
}
