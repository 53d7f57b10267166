import type { Port } from '../port/port.js';
import type { Names } from '../privacy/names.js';
import type { Logger } from './log.js';

/** What connections do: `debug` has their beginning and end, `trace` each WebSocket message by its size. */
export class ClientLog {
  readonly #log: Logger;
  readonly #names: Names;

  constructor(log: Logger, names: Names) {
    this.#log = log;
    this.#names = names;
  }

  /** @param connections with it */
  connected(connections: number): void {
    this.#log.debug({ connections }, 'a client has connected');
  }

  message(port: Port, bytes: number): void {
    // asked first: a name costs a hash
    if (this.#log.isLevelEnabled('trace')) this.#log.trace({ ...this.#who(port), bytes }, 'a message has come in');
  }

  /** @param connections without it */
  gone(port: Port, connections: number): void {
    if (this.#log.isLevelEnabled('debug')) this.#log.debug({ ...this.#who(port), connections }, 'a client has gone');
  }

  #who({ user }: Port): { user?: string } {
    return user === '' ? {} : { user: this.#names.show(user) };
  }
}
