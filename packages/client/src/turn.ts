import type { Clock } from './clock.js';

/**
 * Does at the end of a turn of the event loop, once, what everything that the turn brought calls for: so there is one
 * write of the state, and one WebSocket message.
 */
export class Turn {
  private readonly clock: Clock;
  private readonly run: () => void;
  private scheduled = false;

  constructor(clock: Clock, run: () => void) {
    this.clock = clock;
    this.run = run;
  }

  /** Something has changed: has `run` called soon. */
  wake(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.clock.turn(() => {
      this.scheduled = false;
      this.run();
    });
  }
}
