/** Limits of interceptors. Times in ms. */
export interface InterceptorLimits {
  /** A verdict that took longer, promises not counted, held everybody up. */
  readonly overrunMs: number;
  /** A promise of a verdict that took longer held its sender up. */
  readonly asyncOverrunMs: number;
  /** A promise that has not settled by then counts as a crash. */
  readonly timeoutMs: number;
  /** So many overruns within a minute switch a version off. */
  readonly overruns: number;
}

export const interceptorLimits: InterceptorLimits = Object.freeze({
  overrunMs: 10,
  asyncOverrunMs: 1_000,
  timeoutMs: 10_000,
  overruns: 10,
});
