import type { Receipt } from './receipt.js';
import type { Message } from './request.js';

/** Where a mailbox hands its entries to: the port of a connection, or a service. */
export interface Outlet {
  /** True when it takes another entry. */
  readonly hasRoom: boolean;
  /** True when it has room for a body of so many bytes. */
  fits(bodyBytes: number): boolean;
  deliver(message: Message): void;
  receipt(receipt: Receipt): void;
  /** A signal from another user; may be dropped. */
  signalFrom(from: string, body: Uint8Array): void;
}
