import type { NameKind, Op, RejectCode } from '@mailbeam/protocol';

/** A SEND as a session sees it. Its body is bytes that nobody looks into. */
export interface SendFrame {
  readonly op: typeof Op.SEND;
  readonly cid: number;
  readonly to: string;
  readonly toKind: NameKind;
  /** True on a resend: never refused for load (protocol, "Answers and resend"). */
  readonly again: boolean;
  /** Seconds; -1 when the client gave none. */
  readonly ttl: number;
  readonly bodyBytes: number;
}

/** A READ: the person has read everything from `peer` under `readOrigin` up to `upTo`. */
export interface ReadFrame {
  readonly op: typeof Op.READ;
  readonly cid: number;
  readonly peer: string;
  readonly readOrigin: number;
  readonly upTo: number;
  readonly again: boolean;
}

/** A SIGNAL: dropped where it cannot be handed over at once (semantics 9.6). */
export interface SignalFrame {
  readonly op: typeof Op.SIGNAL;
  readonly peer: string;
  readonly bodyBytes: number;
}

/** A WATCH: presence notices for `users` begin or end (semantics 9.7). */
export interface WatchFrame {
  readonly op: typeof Op.WATCH;
  readonly users: readonly string[];
  readonly on: boolean;
}

/** A CALL to a service, `$` left out. */
export interface CallFrame {
  readonly op: typeof Op.CALL;
  readonly rid: number;
  readonly service: string;
  readonly method: string;
}

/** What a connection's port hands to its session, one at a time. */
export type SessionFrame = SendFrame | ReadFrame | SignalFrame | WatchFrame | CallFrame;

/**
 * The I/O end of a session: one client socket and the protocol's book-keeping for it. It is opaque, outlives a crash of the
 * session, and is the same object for every version of the session's code. What a session asks of it while it handles a
 * frame takes effect only when the handling returns (docs/semantics.md, 5.3): a crash before leaves nothing.
 */
export interface SessionPort {
  /** Name of the user who is logged in. */
  readonly user: string;
  /** SENDs and READs that are not answered yet, without resends and the one in hand: those that `sendWindow` bounds. */
  readonly unanswered: number;
  /** Receipts that wait in the user's own mailbox. */
  readonly receiptsWaiting: number;
  readonly limits: SessionLimits;
  /** Sends the frame in hand on its way: a SEND to its recipient's mailbox, a READ to its peer's, a SIGNAL to its peer. */
  route(): void;
  /** Answers the SEND or READ in hand with REJECTED. */
  reject(code: RejectCode, detail: string, retryAfterMs?: number): void;
  /** Starts or stops presence notices as the WATCH in hand says. */
  watch(): void;
  /** Hands the CALL in hand to its service, which answers it. */
  call(): void;
  /** Answers the CALL in hand. */
  reply(ok: boolean, result: unknown): void;
  /** True for a name that a message may go to: a user's, or that of a service that runs. */
  isKnown(name: string): boolean;
  /** Takes one from the budget of `limits.rate` a second; false when there is none left. */
  takeRate(): boolean;
}

/** The limits of a connection that its session keeps. */
export interface SessionLimits {
  readonly maxBodyBytes: number;
  readonly sendWindow: number;
  /** SENDs and READs a second; 0 = no limit. */
  readonly rate: number;
  readonly receipts: number;
}
