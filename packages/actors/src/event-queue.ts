import type { From } from './info.js';

/** Something that happens to a state machine. `from` is set with kind `call`. */
export interface MachineEvent {
  readonly kind: 'message' | 'call' | 'info' | 'internal' | 'timeout';
  readonly content: unknown;
  readonly from: From<never> | undefined;
}

/**
 * The events of one state machine that are not handled yet, in gen_statem's order: inserted ones, then postponed ones that are tried again, then those that arrived
 * meanwhile. Pure.
 */
export class EventQueue {
  /** What goes next: a stack, its top is the oldest event. */
  readonly #ahead: MachineEvent[] = [];
  /** Came from the mailbox while others were still waiting; from `#read` on. */
  #arrived: MachineEvent[] = [];
  #read = 0;
  #postponed: MachineEvent[] = [];

  get empty(): boolean {
    return this.#ahead.length === 0 && this.#read === this.#arrived.length;
  }

  /** Events that wait for a change of state. */
  get postponedCount(): number {
    return this.#postponed.length;
  }

  /** From the mailbox: behind all others. */
  arrive(event: MachineEvent): void {
    this.#arrived.push(event);
  }

  /** Takes the next of those that go before what arrived. */
  takeAhead(): MachineEvent | undefined {
    return this.#ahead.pop();
  }

  /** Takes the next of those that arrived. */
  takeArrived(): MachineEvent | undefined {
    if (this.#read === this.#arrived.length) return undefined;
    const event = this.#arrived[this.#read];
    this.#read += 1;
    if (this.#read === this.#arrived.length) {
      this.#arrived = [];
      this.#read = 0;
    }
    return event;
  }

  /** Keeps an event until the state changes. */
  postpone(event: MachineEvent): void {
    this.#postponed.push(event);
  }

  /** The state has changed: what was postponed goes before what waits, oldest first. */
  retry(): void {
    if (this.#postponed.length === 0) return;
    this.insert(this.#postponed);
    this.#postponed = [];
  }

  /** Puts events before all others, in their order. */
  insert(events: readonly MachineEvent[]): void {
    for (let i = events.length - 1; i >= 0; i -= 1) this.#ahead.push(events[i] as MachineEvent);
  }
}
