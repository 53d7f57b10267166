/** How long to wait between attempts to connect. */
export interface ReconnectOptions {
  /** Most milliseconds before the first new attempt. Default 250. */
  readonly minMs: number;
  /** Most milliseconds before any attempt. Default 30,000. */
  readonly maxMs: number;
  /** A connection that was open for as long as this starts the series anew, milliseconds. Default 5,000. */
  readonly stableMs: number;
}

/**
 * The wait before attempt `attempt` (0 is the first after a loss): exponential with full jitter, so that clients that
 * were lost together do not return together.
 * @param random from 0 to less than 1
 */
export function backoffMs(attempt: number, { minMs, maxMs }: ReconnectOptions, random: number): number {
  const most = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return Math.floor(random * most);
}

/** The wait before a message whose handler threw is handled again: 1, 2, 4 s, then 4 s each time. */
export function handlerRetryMs(attempt: number): number {
  return 1000 * 2 ** Math.min(attempt, 2);
}
