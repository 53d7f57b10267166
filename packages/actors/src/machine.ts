import { EventQueue } from './event-queue.js';
import type { MachineState } from './machine-code.js';
import type { MachineTimeouts } from './machine-timeouts.js';

/** The machine of one actor. Its code is not in it: a change of code takes it over as it is. */
export class Machine implements MachineState<unknown, string> {
  state: string;
  data: unknown;
  /** Made when first needed: most events are handled as they come. */
  queue: EventQueue | null = null;
  timeouts: MachineTimeouts | null = null;
  /** It has asked to be called again for the events that wait. */
  goesOn = false;

  constructor(state: string, data: unknown) {
    this.state = state;
    this.data = data;
  }

  get postponed(): number {
    return this.queue?.postponedCount ?? 0;
  }

  /** No event waits to be handled now. */
  get idle(): boolean {
    return (this.queue === null || this.queue.empty) && !this.timeouts?.anyDue;
  }

  needQueue(): EventQueue {
    this.queue ??= new EventQueue();
    return this.queue;
  }

  /** Gives up what an idle machine does not need. `false`: something waits or runs. */
  rest(): boolean {
    if (!this.idle || this.postponed > 0 || this.timeouts?.anyRunning) return false;
    this.queue = null;
    this.timeouts = null;
    return true;
  }
}
