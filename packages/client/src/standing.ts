import type { ClientEvents } from './client-events.js';
import type { Emitter } from './emitter.js';
import { ClosedError } from './errors.js';
import type { ClientState } from './link.js';

/** How the client stands to its router, from `connecting` to `closed`, and whether it still takes what it is asked for. */
export class Standing {
  state: ClientState = { name: 'connecting' };
  /** Whether `close` was called. */
  closing = false;
  private readonly events: Emitter<ClientEvents>;

  constructor(events: Emitter<ClientEvents>) {
    this.events = events;
  }

  /** Whether the client is closed for good. */
  get ended(): boolean {
    return this.state.name === 'closed';
  }

  /** Whether the client takes nothing new: it has ended, or is about to. */
  get leaving(): boolean {
    return this.closing || this.ended;
  }

  /** The link tells how it stands. */
  change(state: ClientState): void {
    this.state = state;
    this.events.emit('state', state);
  }

  /** Settles when the state is `open`; rejects with `ClosedError` when it is `closed` before. */
  async untilOpen(): Promise<void> {
    while (this.state.name !== 'open') {
      if (this.state.name === 'closed') throw this.closedError();
      await new Promise<void>((resolve) => {
        const stop = this.events.on('state', () => {
          stop();
          resolve();
        });
      });
    }
  }

  /** What is asked for, or found unanswered, when the client is leaving ends with. */
  closedError(): ClosedError {
    const { state } = this;
    if (state.name !== 'closed') return new ClosedError('closed');
    return new ClosedError(state.reason, { cause: state.error });
  }

  /** What a loop over messages ends with: nothing where the application closed the client. */
  endError(): ClosedError | undefined {
    return this.state.name === 'closed' && this.state.reason !== 'closed' ? this.closedError() : undefined;
  }
}
