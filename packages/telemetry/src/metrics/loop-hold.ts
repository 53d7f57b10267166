/** How often it is looked whether the event loop is free, ms. What is told is too short by up to this. */
export const BEAT_MS = 25;

/** A loop that is active for less than this share of its time, and for which nothing has come, is not looked at closely. */
const QUIET = 1 / 8;

/**
 * How long the event loop was held at a stretch, by whatever: a timer that is due every {@link BEAT_MS} is late by as much.
 * A turn that measures itself does not see what handlers do after an `await`, nor collections of garbage. Node's
 * `monitorEventLoopDelay` loses what begins right after its `reset`.
 *
 * While nothing comes the timer rests: it would wake an idle node 40 times a second. What the loop does all the same (after
 * an `await`, in a collection) is taken for one stretch; where that is long, the timer goes on.
 */
export class LoopHold {
  #last: number;
  /** For how long the loop had been active at `#last`, or, in a rest, when it was looked at last. */
  #activeBefore = 0;
  #rests = false;
  #worst = 0;

  /** @param now monotonic ms, as all times here */
  constructor(now: number) {
    this.#last = now;
  }

  /** The timer is not called. */
  get rests(): boolean {
    return this.#rests;
  }

  /**
   * The timer has called; while this {@link rests} it need not call again.
   * @param active for how long the loop was active since it began, ms
   * @param isBusy something has come since the last beat
   */
  beat(now: number, active: number, isBusy: boolean): void {
    this.#rests = !isBusy && active - this.#activeBefore < (now - this.#last) * QUIET;
    this.#note(now - this.#last);
    this.#last = now;
    this.#activeBefore = active;
  }

  /** Ends a rest: the timer is to be called again. */
  resume(now: number, active: number): void {
    this.#rests = false;
    this.#note(active - this.#activeBefore);
    this.#last = now;
    this.#activeBefore = active;
  }

  /** The longest since the last call, ms. The timer itself may be due and not have called yet. May end a rest. */
  take(now: number, active: number): number {
    if (!this.#rests) this.#note(now - this.#last);
    else if (active - this.#activeBefore > BEAT_MS) this.resume(now, active);
    if (!this.#rests) this.#last = now;
    this.#activeBefore = active;
    const worst = this.#worst;
    this.#worst = 0;
    return worst;
  }

  #note(ms: number): void {
    this.#worst = Math.max(this.#worst, ms - BEAT_MS);
  }
}
