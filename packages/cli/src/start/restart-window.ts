/** Restart intensity, OTP's sense: at most `intensity` restarts in any `periodMs`. */
export interface RestartLimits {
  readonly intensity: number;
  readonly periodMs: number;
  /** Wait before the second restart of a period; doubles with each one more. The first restart has no wait. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

export type RestartDecision = { readonly restart: true; readonly delayMs: number } | { readonly restart: false };

/** Decides, death by death, whether a node is started again and after what wait. Pure: the time comes in. */
export class RestartWindow {
  readonly #limits: RestartLimits;
  #restarts: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** The node died at `nowMs` (any clock that never goes back). */
  died(nowMs: number): RestartDecision {
    const { intensity, periodMs, delayMs, maxDelayMs } = this.#limits;
    this.#restarts = this.#restarts.filter((at) => at > nowMs - periodMs);
    const before = this.#restarts.length;
    if (before >= intensity) return { restart: false };
    this.#restarts.push(nowMs);
    return { restart: true, delayMs: before === 0 ? 0 : Math.min(maxDelayMs, delayMs * 2 ** (before - 1)) };
  }
}
