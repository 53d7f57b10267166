import type { ServiceMessage } from './service-message.js';

/** Something that a service has sent. Its numbers are known once the handling has returned: until then they are 0. */
export interface Sent {
  /** A new one at each start of the service. */
  readonly origin: number;
  readonly cid: number;
}

/** Options of a send. */
export interface SendOptions {
  /** Seconds after which it ends undelivered, 1 to 2,592,000; default: never. */
  readonly ttl?: number;
}

/** Stands for a timer until it has run out. */
export interface ServiceTimer {
  readonly tag: unknown;
}

/** Options of an offload. */
export interface OffloadOptions {
  /** Most ms, queueing included, before it is ended and rejects; default 30,000. */
  readonly timeoutMs?: number;
}

/** Writes into the router's log, with name and version of the module. `fields` must not contain bodies or tokens. */
export interface ServiceLog {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** What every callback of a service knows. */
export interface ServiceInit {
  /** Name of the service, without the `$`. */
  readonly name: string;
  readonly version: string;
  /** The user whom this state belongs to, with `state: 'caller'`; else ''. */
  readonly caller: string;
  /** Wall clock at the start of this turn, ms since the epoch. */
  readonly now: number;
  readonly log: ServiceLog;
  /** `handleTimer` is called with `tag` after so many ms. It ends with the actor: a restarted one sets its timers in `init`. */
  setTimer(delayMs: number, tag: unknown): ServiceTimer;
  /** False when it had run out. */
  cancelTimer(timer: ServiceTimer): boolean;
  /**
   * Runs a function of `tasks` in a worker thread; input and result are copied.
   * Rejects with a HandlerError (`offload_failed`, `offload_timeout`, `offload_busy`).
   */
  offload<R = unknown>(task: string, input: unknown, options?: OffloadOptions): Promise<R>;
}

/**
 * What a handling may ask for. What it sends, signals and sets takes effect when the handling returns (or its promise settles):
 * a crash before leaves nothing. It is valid only for this one handling: used later, it throws a HandlerError `handling_over`.
 */
export interface ServiceContext extends ServiceInit {
  /** Who sent what is in hand: a user or service; '' for a timer. */
  readonly from: string;
  /**
   * Sends a message from `$name` to a user or service; a string goes as UTF-8. It is at least once, like what it answers: bytes that
   * are made of the message alone let its recipient see a repetition.
   * @throws HandlerError `bad_send`, `too_large`, `too_many_sends` (over 1,000 in one handling)
   */
  send(to: string, body: Uint8Array | string, options?: SendOptions): Sent;
  /** {@link send} to who sent `message`. */
  reply(message: ServiceMessage, body: Uint8Array | string, options?: SendOptions): Sent;
  /** Signals `to`, at most 4,096 bytes. Counts as a send. @throws HandlerError as {@link send} */
  signal(to: string, body: Uint8Array | string): void;
}
