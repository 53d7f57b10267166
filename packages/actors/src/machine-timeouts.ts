import type { Self } from './behaviour.js';
import type { MachineEvent } from './event-queue.js';
import type { TimerRef } from './info.js';
import type { TimeoutOrder } from './transition.js';

/** What `handleTimeout` gets. */
export type MachineTimeout =
  | { readonly type: 'state_timeout'; readonly content: unknown }
  | { readonly type: 'event_timeout'; readonly content: unknown }
  | { readonly type: 'timeout'; readonly name: string; readonly content: unknown };

/** One time-out that runs: the tag of its timer, so that one that was replaced or cancelled is known when it comes all the same. In the queue it stands for its event until that is handled. */
export class RunningTimeout {
  readonly key: string;
  readonly name: string | undefined;
  content: unknown;
  /** `null`: it is due now. */
  timer: TimerRef | null = null;

  constructor(key: string, name: string | undefined, content: unknown) {
    this.key = key;
    this.name = name;
    this.content = content;
  }
}

/** The time-outs of one state machine, at most one of each key. */
export class MachineTimeouts {
  readonly #running = new Map<string, RunningTimeout>();
  /** Those of 0 ms, in order; some may have been cancelled since. */
  #due: RunningTimeout[] = [];

  get anyDue(): boolean {
    return this.#due.some((timeout) => this.#running.get(timeout.key) === timeout);
  }

  get anyRunning(): boolean {
    return this.#running.size > 0;
  }

  apply({ key, name, setting }: TimeoutOrder, self: Self<never>): void {
    const running = this.#running.get(key);
    if ('update' in setting) {
      if (running) running.content = setting.update;
      else this.#start(new RunningTimeout(key, name, setting.update), 0, self);
      return;
    }
    this.cancel(key, self);
    if ('afterMs' in setting && setting.afterMs !== Infinity)
      this.#start(new RunningTimeout(key, name, setting.content), setting.afterMs, self);
  }

  #start(timeout: RunningTimeout, afterMs: number, self: Self<never>): void {
    this.#running.set(timeout.key, timeout);
    if (afterMs === 0) this.#due.push(timeout);
    else timeout.timer = self.startTimer(afterMs, timeout);
  }

  cancel(key: string, self: Self<never>): void {
    const running = this.#running.get(key);
    if (!running) return;
    this.#running.delete(key);
    if (running.timer) self.cancelTimer(running.timer);
  }

  /** The next of those that are due without a timer. */
  takeDue(): MachineEvent | undefined {
    for (let timeout = this.#due.shift(); timeout; timeout = this.#due.shift()) {
      const event = this.expire(timeout);
      if (event) return event;
    }
    return undefined;
  }

  /** A time-out has come. `undefined`: it had been cancelled or set anew. */
  expire(timeout: RunningTimeout): MachineEvent | undefined {
    if (this.#running.get(timeout.key) !== timeout) return undefined;
    this.#running.delete(timeout.key);
    const { key, name, content } = timeout;
    return {
      kind: 'timeout',
      content: name === undefined ? { type: key, content } : { type: 'timeout', name, content },
      from: undefined,
    };
  }
}
