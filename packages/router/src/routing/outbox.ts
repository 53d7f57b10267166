import type { Message } from '../mailbox/request.js';
import type { NewReceipt } from '../mailbox/receipt-box.js';
import { partitionOf } from '../mailbox/partition.js';
import type { NodeId, Placement } from '../seams/placement.js';
import type { Envelope, SignalEnvelope, Transport } from '../seams/transport.js';

/**
 * What goes from one user to another's address. It is collected during a turn and handed to the owners of the recipients'
 * partitions at its end, one batch a node, so that nobody ever touches another user's state.
 */
export class Outbox {
  readonly #placement: Placement;
  readonly #transport: Transport;
  #batches = new Map<NodeId, Envelope[]>();
  #empty = true;

  constructor(placement: Placement, transport: Transport) {
    this.#placement = placement;
    this.#transport = transport;
  }

  message(message: Message): void {
    this.#add(message.to, message);
  }

  receipt(to: string, receipt: NewReceipt): void {
    this.#add(to, { kind: 'receipt', to, receipt });
  }

  signal(signal: SignalEnvelope): void {
    this.#add(signal.to, signal);
  }

  /** Hands everything over, and what that causes too. */
  flush(): void {
    while (!this.#empty) {
      const batches = this.#batches;
      this.#batches = new Map();
      this.#empty = true;
      for (const [node, batch] of batches) this.#transport.send(node, batch);
    }
  }

  #add(to: string, envelope: Envelope): void {
    const node = this.#placement.ownerOf(partitionOf(to));
    const batch = this.#batches.get(node);
    if (batch === undefined) this.#batches.set(node, [envelope]);
    else batch.push(envelope);
    this.#empty = false;
  }
}
