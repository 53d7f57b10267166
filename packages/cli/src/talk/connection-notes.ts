import type { ClientState } from '@mailbeam/client';

/**
 * Turns the states of a client into what a person should hear: the loss of the connection once, not at every attempt, and
 * when it is back.
 */
export class ConnectionNotes {
  readonly #url: string;
  #lost: string | undefined;
  #wasOpen = false;

  constructor(url: string) {
    this.#url = url;
  }

  /** The sentence for this change of state; undefined when there is nothing new to say. */
  noteOn(state: ClientState): string | undefined {
    switch (state.name) {
      case 'connecting':
      case 'closed':
        return undefined;
      case 'open': {
        const first = !this.#wasOpen;
        const back = this.#lost !== undefined;
        this.#wasOpen = true;
        this.#lost = undefined;
        if (first) return `connected as ${state.user}${waitingText(state.pending)}`;
        return back ? `connected again${waitingText(state.pending)}` : undefined;
      }
      case 'waiting': {
        const reason = state.reason === '' ? `code ${state.code}` : state.reason;
        if (this.#lost === reason) return undefined;
        this.#lost = reason;
        const what = this.#wasOpen ? 'the connection is lost' : `no connection to ${this.#url}`;
        return `${what} (${reason}); trying again`;
      }
    }
  }
}

function waitingText(pending: number): string {
  return pending === 0 ? '' : `; ${pending} ${pending === 1 ? 'entry waits' : 'entries wait'}`;
}
