import type { Actor } from './actor.js';
import type { Pid } from './pid.js';

/** Code of others that the runtime calls: a throw of it is counted and harms nobody. */
export class Hooks {
  errors = 0;
  lastError: unknown = undefined;
  #growth: readonly ((pid: Pid) => void)[] = [];

  guarded<T>(fn: (value: T) => void, value: T): void {
    try {
      fn(value);
    } catch (error) {
      this.errors += 1;
      this.lastError = error;
    }
  }

  /** Returns what takes it off again. */
  onMailboxGrowth(fn: (pid: Pid) => void): () => void {
    this.#growth = [...this.#growth, fn];
    return () => (this.#growth = this.#growth.filter((hook) => hook !== fn));
  }

  mailboxGrew(actor: Actor): void {
    for (const hook of this.#growth) this.guarded(hook, actor);
  }
}
