import type { ServiceTimer } from '../service-context.js';

interface PendingTimer extends ServiceTimer {
  readonly at: number;
}

/** Timers that run out when a test says how late it is. */
export class RunTimers {
  now: number;
  #pending: PendingTimer[] = [];

  constructor(now: number) {
    this.now = now;
  }

  make(delayMs: number, tag: unknown): PendingTimer {
    return { tag, at: this.now + delayMs };
  }

  add(timer: PendingTimer): void {
    this.#pending.push(timer);
  }

  remove(timer: ServiceTimer): boolean {
    const before = this.#pending.length;
    this.#pending = this.#pending.filter((one) => one !== timer);
    return this.#pending.length < before;
  }

  clear(): void {
    this.#pending = [];
  }

  /** The next that runs out until then, taken away, the clock put to its time; undefined, with the clock at `until`, after the last. */
  takeDue(until: number): ServiceTimer | undefined {
    const due = this.#pending.filter(({ at }) => at <= until);
    if (due.length === 0) {
      this.now = Math.max(this.now, until);
      return undefined;
    }
    const next = due.reduce((first, one) => (one.at < first.at ? one : first));
    this.remove(next);
    this.now = Math.max(this.now, next.at);
    return next;
  }
}
