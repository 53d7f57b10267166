/** Ends what was asked of a {@link CodeClock}; twice is once. */
export type Cancel = () => void;

/** The time that the code server lives by; tests bring their own. */
export interface CodeClock {
  /** Wall clock, ms since the epoch: what is on disk. */
  wall(): number;
  /** Monotonic ms. */
  mono(): number;
  after(ms: number, fn: () => void): Cancel;
  /** Once the event loop has served whatever else waits for it. */
  nextTurn(fn: () => void): void;
}

/** The clocks of the machine. Its timers do not keep a process alive. */
export const systemClock: CodeClock = Object.freeze({
  wall: () => Date.now(),
  mono: () => performance.now(),
  after: (ms: number, fn: () => void) => {
    const timer = setTimeout(fn, ms).unref();
    return () => clearTimeout(timer);
  },
  nextTurn: (fn: () => void) => void setImmediate(fn),
});
