/** A SEND that the application asked for. */
export interface SendOrder {
  readonly kind: 'send';
  readonly to: string;
  readonly body: Uint8Array;
  /** Seconds; undefined: waits for ever. */
  readonly ttl: number | undefined;
}

/** A READ that the application asked for: `to` has sent it. */
export interface ReadOrder {
  readonly kind: 'read';
  readonly to: string;
  readonly origin: number;
  readonly upTo: number;
}

/** What is numbered with a `cid`, answered by the router and resent until it is. */
export type Order = SendOrder | ReadOrder;

/** Bytes of the frame but for its body, at most: 3 for each UTF-16 unit of a name, the rest of the frame in 64. */
export function frameRoom(order: Order): number {
  return order.to.length * 3 + 64;
}

/** What an order weighs in the outbox and, at most, on the wire, bytes. */
export function orderBytes(order: Order): number {
  return frameRoom(order) + (order.kind === 'send' ? order.body.length : 0);
}
