import { platform } from '#platform';

/** Time, as the client uses it; tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` after `ms`; the answer ends the wait. */
  timer(ms: number, fn: () => void): () => void;
  /** Calls `fn` at the end of this turn of the event loop. */
  turn(fn: () => void): void;
}

/** The computer's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  timer: (ms, fn) => {
    const handle = setTimeout(fn, ms);
    return () => clearTimeout(handle);
  },
  turn: (fn) => platform.turn(fn),
};
