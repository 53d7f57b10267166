/** The two clocks of a node, read once a turn. */
export interface Clock {
  /** Wall clock, ms since the epoch: what is on the wire and on disk. May step. */
  readonly wall: number;
  /** Monotonic ms: what waits and deadlines are counted in. Never 0. */
  readonly mono: number;
}

/** The clocks of the machine. */
export class SystemClock implements Clock {
  wall = Date.now();
  mono = performance.now() + 1;

  /** Monotonic ms that go on within a turn: by what a turn ends that takes too long. */
  stopwatch(): number {
    return performance.now();
  }

  /** Reads both; the node calls it at the start of every turn. */
  tick(): void {
    this.wall = Date.now();
    this.mono = performance.now() + 1;
  }
}
