import type { Message } from '../mailbox/request.js';
import type { NewReceipt } from '../mailbox/receipt-box.js';
import type { NodeId } from './placement.js';

/** A receipt on its way to the mailbox of `to`. */
export interface ReceiptEnvelope {
  readonly kind: 'receipt';
  readonly to: string;
  readonly receipt: NewReceipt;
}

/** A signal on its way: never stored. */
export interface SignalEnvelope {
  readonly kind: 'signal';
  readonly to: string;
  readonly from: string;
  readonly body: Uint8Array;
}

/** What one user's session sends to another user's address. */
export type Envelope = Message | ReceiptEnvelope | SignalEnvelope;

/**
 * Carries envelopes between nodes, in batches: one hand-over per node and turn. Batches from one node to another arrive in
 * the order in which they were sent, whole, once, or not at all once the link is down.
 */
export interface Transport {
  /** Hands a batch over. The array belongs to the transport from then on. @throws Error for an unknown node */
  send(to: NodeId, batch: readonly Envelope[]): void;
  /** Sets who takes what arrives; there is one listener. */
  listen(receive: (from: NodeId, batch: readonly Envelope[]) => void): void;
}

/** One process: a function call. */
export class LoopbackTransport implements Transport {
  readonly #self: NodeId;
  #receive: (from: NodeId, batch: readonly Envelope[]) => void = () => {
    throw new Error('nobody listens on this transport yet');
  };

  constructor(self: NodeId) {
    this.#self = self;
  }

  send(to: NodeId, batch: readonly Envelope[]): void {
    if (to !== this.#self) throw new Error(`no node '${to}': this transport knows '${this.#self}' only`);
    this.#receive(this.#self, batch);
  }

  listen(receive: (from: NodeId, batch: readonly Envelope[]) => void): void {
    this.#receive = receive;
  }
}
