import { CloseCode } from '@mailbeam/protocol';
import { Fifo } from './fifo.js';
import type { Port } from './port/port.js';

/** Logins that are begun, and that are ended, in one turn: each reads from the store, and others want the turn too. */
export const LOGINS_A_TURN = 32;

/** Who is turned away comes back after 1 to 5 s, so that not all do at once. */
const RETRY_LEAST_MS = 1_000;
const RETRY_SPREAD_MS = 4_000;

interface Hello {
  readonly port: Port;
  readonly token: string;
  readonly client: string;
}

/**
 * The door of the logins: so many a turn are let through, the others wait in the order in which they came, and past the bound a client is told
 * when to come back. Its HELLO counts as said while it waits.
 */
export class Admission {
  readonly #most: number;
  readonly #begin: (hello: Hello) => void;
  readonly #wake: () => void;
  readonly #waiting = new Fifo<Hello>();
  /** Logins whose flush is over, and that are to be welcomed. */
  readonly #ending = new Fifo<() => void>();
  #begun = 0;
  #ended = 0;
  /** Clients that were told to come back, since the start. */
  turnedAway = 0;

  /** @param most HELLOs that may wait */
  constructor(most: number, begin: (hello: Hello) => void, wake: () => void) {
    this.#most = most;
    this.#begin = begin;
    this.#wake = wake;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A HELLO has come. */
  greeted(port: Port, token: string, client: string): void {
    if (this.#begun < LOGINS_A_TURN && this.#waiting.length === 0) {
      this.#begun++;
      this.#begin({ port, token, client });
    } else if (this.#waiting.length >= this.#most) this.#turnAway(port);
    else this.#waiting.push({ port, token, client });
    this.#wake();
  }

  /** A login has nothing more to wait for but its turn. */
  ending(end: () => void): void {
    if (this.#ended < LOGINS_A_TURN && this.#ending.length === 0) {
      this.#ended++;
      end();
    } else this.#ending.push(end);
    this.#wake();
  }

  /** A turn begins: the next ones are let through. */
  turn(): void {
    for (this.#ended = 0; this.#ended < LOGINS_A_TURN && this.#ending.length > 0; this.#ended++)
      this.#ending.shift()!();
    for (this.#begun = 0; this.#begun < LOGINS_A_TURN && this.#waiting.length > 0;) {
      const hello = this.#waiting.shift()!;
      if (hello.port.phase === 'closed') continue; // did not wait
      this.#begun++;
      this.#begin(hello);
    }
    if (this.#ending.length > 0 || this.#waiting.length > 0) this.#wake();
  }

  #turnAway(port: Port): void {
    this.turnedAway++;
    port.out().goodbye('overloaded', Math.round(RETRY_LEAST_MS + Math.random() * RETRY_SPREAD_MS));
    port.close(CloseCode.GOING_AWAY, 'overloaded');
  }
}
