import { CloseCode } from '@mailbeam/protocol';
import type { Port } from './port.js';

/** How long a client may take. Times in ms. */
export interface ConnectionLimits {
  readonly helloTimeoutMs: number;
  readonly slowConsumerMs: number;
}

/** Connections that are looked after by the clock: those that are not welcomed yet, and those whose client does not read. */
export class Connections {
  readonly #limits: ConnectionLimits;
  /** Those that have said no HELLO, the oldest first, and those whose login is under way. */
  readonly #greeting = new Set<Port>();
  readonly #welcoming = new Set<Port>();
  /** Those that do not read, the longest first. */
  readonly #stalled = new Set<Port>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  connected(port: Port): void {
    this.#greeting.add(port);
  }

  greeted(port: Port): void {
    this.#greeting.delete(port);
    this.#welcoming.add(port);
  }

  welcomed(port: Port): void {
    this.#welcoming.delete(port);
  }

  stalled(port: Port): void {
    this.#stalled.add(port);
  }

  reads(port: Port): void {
    this.#stalled.delete(port);
  }

  closed(port: Port): void {
    this.#greeting.delete(port);
    this.#welcoming.delete(port);
    this.#stalled.delete(port);
  }

  /** Those that are not welcomed yet, as they are now. */
  get unwelcomed(): readonly Port[] {
    return [...this.#greeting, ...this.#welcoming];
  }

  /** Ends what has taken too long. @param now monotonic ms */
  tick(now: number): void {
    const { helloTimeoutMs, slowConsumerMs } = this.#limits;
    for (const port of this.#greeting) {
      if (now - port.openedAt < helloTimeoutMs) break;
      this.#greeting.delete(port);
      port.fail('hello_timeout', `no HELLO within ${helloTimeoutMs} ms`, CloseCode.HELLO_TIMEOUT);
    }
    for (const port of this.#stalled) {
      if (now - port.stalledAt < slowConsumerMs) break;
      port.fail('slow_consumer', 'the client does not read', CloseCode.SLOW_CONSUMER);
    }
  }
}
