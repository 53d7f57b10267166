import type { CodeClock } from '../src/clock.js';

/** Time that passes when a test says so; turns of the event loop are real. */
export class TestClock implements CodeClock {
  #now = 0;
  #timers: { at: number; fn: () => void }[] = [];

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  mono(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + ms, fn };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  nextTurn(fn: () => void): void {
    setImmediate(fn);
  }

  /** Timers in the order of their time; what they begin has its turn before the next. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await turn();
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.fn();
    }
    this.#now = until;
    await turn();
  }
}

/** What is ready has its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
