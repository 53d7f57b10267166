import type { ModelLimits } from './connection-model.js';

/** What a generator of cases must know of the connection that its case will go to. */
export interface CaseView {
  readonly user: string;
  readonly origin: number;
  /** The last entry that came, and the last one acked. */
  readonly seq: number;
  readonly ackedSeq: number;
  /** The highest cid that this user has used. */
  readonly highCid: number;
  /** The last cid of this connection. */
  readonly lastCid: number;
  readonly watched: readonly string[];
  readonly limits: ModelLimits;
}

/** One WebSocket message of a case. */
export interface CaseMessage {
  /** `fragments` is a binary message in several WebSocket frames, with a PING between them. */
  readonly as: 'binary' | 'text' | 'fragments';
  readonly bytes: Uint8Array;
}

export interface FuzzCase {
  readonly kind: string;
  /** True: goes to a connection of its own, before HELLO. */
  readonly isGreeting: boolean;
  readonly messages: readonly CaseMessage[];
}
