/** The spans over which rates fade, s. An event counts e^-1 after one of them. */
export const spans = [1, 10, 100] as const;

export type Span = (typeof spans)[number];

/** So far may the landmark lie behind before every weight is counted from a newer one: e^256 is far from the largest number. */
const LANDMARK_EVERY_MS = 256_000;
/** Turns closer to each other than this share their weights: at 1 s that is 0.1 %. */
const GRAIN_MS = 1;

/**
 * Exponentially decaying rates by forward decay (Cormode, Shkapenyuk, Srivastava, Xu: "Forward decay", ICDE 2009): an
 * event is worth e^((t - landmark) / span) when it comes and is never touched again, so it costs one addition for each
 * span, and the exponentials are paid once a turn. Sums with one landmark can be compared and subtracted as they are.
 */
export class Decay {
  /** What an event of this turn is worth, by span. */
  w1 = 1;
  w10 = 1;
  w100 = 1;
  /** Monotonic ms. */
  now: number;
  landmark: number;
  #weighedAt: number;
  /** What is left by now of an event at the landmark, by span; as of `#fadedAt`. */
  #fade1 = 1;
  #fade10 = 1;
  #fade100 = 1;
  #fadedAt: number;

  constructor(now: number) {
    this.now = now;
    this.landmark = now;
    this.#weighedAt = now;
    this.#fadedAt = now;
  }

  /** Begins a turn at `now`, monotonic ms. */
  turn(now: number): void {
    if (now <= this.now) return;
    this.now = now;
    if (now - this.#weighedAt < GRAIN_MS) return;
    this.#weighedAt = now;
    if (now - this.landmark >= LANDMARK_EVERY_MS) this.landmark = now;
    const seconds = (now - this.landmark) / 1_000;
    this.w1 = Math.exp(seconds);
    this.w10 = Math.exp(seconds / 10);
    this.w100 = Math.exp(seconds / 100);
  }

  /** The rate per second that a sum stands for now. Many are read at one time, and share their exponentials. */
  rate(sum: number, span: Span): number {
    if (this.#fadedAt !== this.now) this.#fade();
    if (span === 1) return sum * this.#fade1;
    return span === 10 ? (sum * this.#fade10) / 10 : (sum * this.#fade100) / 100;
  }

  #fade(): void {
    this.#fadedAt = this.now;
    const seconds = (this.landmark - this.now) / 1_000;
    this.#fade1 = Math.exp(seconds);
    this.#fade10 = Math.exp(seconds / 10);
    this.#fade100 = Math.exp(seconds / 100);
  }
}

/**
 * Where a rate over 10 s stands among others of all times: the logarithm of the sum that it stands for, and of where the
 * landmark of that lies. Comparable over landmarks; a rate that fades, as all do, keeps its place.
 */
export function placeOfSum(sum: number, landmark: number): number {
  return Math.log(sum) + landmark / 10_000;
}

/** The place that a rate per second over 10 s has now; see {@link placeOfSum}. */
export function placeOfRate(rate: number, now: number): number {
  return placeOfSum(rate * 10, now);
}

/** By how much sums shrink when their landmark moves by so many ms. */
export function shrink(movedMs: number, span: number): number {
  return Math.exp(-movedMs / 1_000 / span);
}

/** The part of a steady rate that a decaying one shows after so many ms. */
export function seenPart(ms: number, span: number): number {
  return -Math.expm1(-ms / 1_000 / span);
}
