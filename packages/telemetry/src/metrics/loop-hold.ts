/** How often it is looked whether the event loop is free, ms. What is told is too short by up to this. */
export const BEAT_MS = 25;

/** A loop that works for less than this share of its time, and for which nothing has come, is not looked at closely. */
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
  readonly #work: () => number;
  #last: number;
  /** For how long the loop had worked when that was asked last, which is dear while many threads run; and when that was. */
  #workedBefore = 0;
  #askedAt: number;
  #rests = false;
  #worst = 0;

  /**
   * @param now monotonic ms, as all times here
   * @param work for how long the loop has worked, ms
   */
  constructor(now: number, work: () => number) {
    this.#work = work;
    this.#last = now;
    this.#askedAt = now;
  }

  /** The timer is not called. */
  get rests(): boolean {
    return this.#rests;
  }

  /**
   * The timer has called; while this {@link rests} it need not call again.
   * @param isBusy something has come since the last beat
   */
  beat(now: number, isBusy: boolean): void {
    this.#note(now - this.#last);
    this.#last = now;
    if (isBusy) return;
    const ms = now - this.#askedAt;
    this.#rests = this.#worked(now) < ms * QUIET;
  }

  /** Ends a rest: the timer is to be called again. */
  resume(now: number): void {
    this.#end(now, this.#worked(now));
  }

  /** The longest since the last call, ms. The timer itself may be due and not have called yet. May end a rest. */
  take(now: number): number {
    if (this.#rests) {
      const worked = this.#worked(now);
      if (worked > BEAT_MS) this.#end(now, worked);
    } else {
      this.#note(now - this.#last);
      this.#last = now;
    }
    const worst = this.#worst;
    this.#worst = 0;
    return worst;
  }

  #end(now: number, worked: number): void {
    this.#rests = false;
    this.#note(worked);
    this.#last = now;
  }

  #worked(now: number): number {
    const before = this.#workedBefore;
    this.#workedBefore = this.#work();
    this.#askedAt = now;
    return this.#workedBefore - before;
  }

  #note(ms: number): void {
    this.#worst = Math.max(this.#worst, ms - BEAT_MS);
  }
}
