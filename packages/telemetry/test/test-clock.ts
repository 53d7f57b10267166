import type { TelemetryClock } from '../src/clock.js';

/** Time that passes when a test says so. */
export class TestClock implements TelemetryClock {
  #now = 0;
  #timers: { at: number; fn: () => void }[] = [];

  wall(): number {
    return Date.UTC(2026, 10, 21) + this.#now;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + ms, fn };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Waits of the timers that run, shortest first. */
  get waits(): number[] {
    return this.#timers.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = next.at;
      next.fn();
    }
    this.#now = until;
  }
}
