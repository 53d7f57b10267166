/** How often it is looked whether the event loop is free, ms. What is told is too short by up to this. */
export const BEAT_MS = 25;

/**
 * How long the event loop was held at a stretch, by whatever: a timer that is due every {@link BEAT_MS} is late by as much.
 * A turn that measures itself does not see what handlers do after an `await`, nor collections of garbage. Node's
 * `monitorEventLoopDelay` loses what begins right after its `reset`.
 */
export class LoopHold {
  #last: number;
  #worst = 0;

  /** @param now monotonic ms, as all times here */
  constructor(now: number) {
    this.#last = now;
  }

  /** The timer has called. */
  beat(now: number): void {
    this.#worst = Math.max(this.#worst, now - this.#last - BEAT_MS);
    this.#last = now;
  }

  /** The longest since the last call, ms. The timer itself may be due and not have called yet. */
  take(now: number): number {
    this.beat(now);
    const worst = this.#worst;
    this.#worst = 0;
    return worst;
  }
}
