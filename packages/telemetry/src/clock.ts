/** Ends what was asked of a {@link TelemetryClock}; twice is once. */
export type Cancel = () => void;

/** The time that sinks live by; tests bring their own. */
export interface TelemetryClock {
  /** Ms since the epoch. */
  wall(): number;
  after(ms: number, fn: () => void): Cancel;
}

/** The clock of the machine. Its timers do not keep a process alive. */
export const systemClock: TelemetryClock = Object.freeze({
  wall: () => Date.now(),
  after: (ms: number, fn: () => void) => {
    const timer = setTimeout(fn, ms).unref();
    return () => clearTimeout(timer);
  },
});
