import type { HandlerFailure } from './consumer.js';
import type { RejectedError } from './errors.js';
import type { ClientState } from './link.js';
import type { Sent } from './sent.js';

/** Who has taken or read what: everything this client (`own`) sent to `peer` up to `upTo`, failed messages excepted. */
export interface Receipt {
  readonly peer: string;
  /** Which of this user's clients sent it. */
  readonly origin: number;
  /** Whether that is this one. */
  readonly own: boolean;
  readonly upTo: number;
  /** Milliseconds since the Unix epoch. */
  readonly ts: number;
}

/** Messages to `peer` from `cid` to `upTo` that were taken and will not be delivered. */
export interface FailedReceipt extends Receipt {
  readonly cid: number;
  /** `expired`, `purged`, `undeliverable`; a later router may know more. */
  readonly code: string;
}

/** The events of a client. Receipts may be told again after a reconnect. */
export interface ClientEvents {
  /** How the client stands to its router. */
  state: ClientState;
  /** A send or a `markRead` was accepted. */
  accepted: { readonly kind: 'send' | 'read'; readonly cid: number; readonly to: string; readonly ts: number };
  /** A send or a `markRead` was rejected. */
  rejected: {
    readonly kind: 'send' | 'read';
    readonly cid: number;
    readonly to: string;
    readonly error: RejectedError;
  };
  delivered: Receipt;
  read: Receipt;
  failed: FailedReceipt;
  /** Sends of an earlier run that found no answer and are sent again now; told once, before the first connection. */
  restored: readonly { readonly cid: number; readonly sent: Sent }[];
  presence: { readonly user: string; readonly online: boolean; readonly ts: number };
  signal: { readonly from: string; readonly body: Uint8Array };
  /** `onMessage` threw: the message is handled again. */
  handlerError: HandlerFailure;
  /** The router said ERROR. */
  routerError: { readonly code: string; readonly detail: string };
  /** Something went wrong and is tried again: the saved state could not be written, no token could be had, the router broke the protocol. */
  error: unknown;
}
