/** Limits of every service. Sizes in bytes. */
export interface ServiceLimits {
  /** Entries of its mailbox that a service has in hand or waiting in memory; the rest stays in the store. */
  readonly window: number;
  /** Bytes of their bodies. */
  readonly windowBytes: number;
  /**
   * The same where each user has an actor: larger, so that those whose actor is slow do not hold back the others before very
   * many of their entries wait.
   */
  readonly callerWindow: number;
  readonly callerWindowBytes: number;
  /** CALLs of one service that are not answered yet; one more gets `overloaded`. */
  readonly calls: number;
  /** Bytes of their arguments. */
  readonly callBytes: number;
  /** CALLs of one connection that are not answered yet. */
  readonly connectionCalls: number;
  /** After so long a CALL is answered `timeout`, ms. */
  readonly callTimeoutMs: number;
  /** Signals that wait for one service; more are dropped. */
  readonly signals: number;
  /** Messages and signals that one handling may send. */
  readonly sends: number;
}

export const serviceLimits: ServiceLimits = Object.freeze({
  window: 256,
  windowBytes: 4 << 20,
  callerWindow: 65_536,
  callerWindowBytes: 64 << 20,
  calls: 10_000,
  callBytes: 8 << 20,
  connectionCalls: 256,
  callTimeoutMs: 10_000,
  signals: 1_000,
  sends: 1_000,
});
