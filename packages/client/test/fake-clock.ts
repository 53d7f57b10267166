import type { Clock } from '../src/clock.js';

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

/**
 * Time that stands still until the test moves it. Turns are those of the real event loop, so that real sockets go on,
 * unless `manualTurns` is set: then `runTurns` runs them.
 */
export class FakeClock implements Clock {
  private time = 1_000_000;
  private timers = new Set<Timer>();
  private turns: (() => void)[] = [];
  private readonly manualTurns: boolean;
  private watchers: (() => void)[] = [];

  constructor(manualTurns = false) {
    this.manualTurns = manualTurns;
  }

  now(): number {
    return this.time;
  }

  timer(ms: number, fn: () => void): () => void {
    const timer = { at: this.time + ms, fn };
    this.timers.add(timer);
    for (const watcher of this.watchers.splice(0)) watcher();
    return () => void this.timers.delete(timer);
  }

  turn(fn: () => void): void {
    if (this.manualTurns) this.turns.push(fn);
    else setImmediate(fn);
  }

  /** Runs the turns that wait; answers whether there were any. */
  runTurns(): boolean {
    const { turns } = this;
    this.turns = [];
    for (const fn of turns) fn();
    return turns.length > 0;
  }

  /** How long until each timer that waits, sorted, milliseconds. */
  waits(): number[] {
    return [...this.timers].map(({ at }) => at - this.time).sort((a, b) => a - b);
  }

  /** Settles when a timer waits that ends in `ms`. */
  async waiting(ms: number): Promise<void> {
    while (!this.waits().includes(ms)) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  /** Moves time on and calls what is due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.fn();
    }
    this.time = end;
  }
}
