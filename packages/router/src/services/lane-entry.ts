import { LentBody } from '@mailbeam/handler';
import type { ServiceMessage, ServiceReceipt, ServiceSignal, ServiceTimer } from '@mailbeam/handler';
import { Receipt } from '../mailbox/receipt.js';
import type { Message } from '../mailbox/request.js';
import type { ServiceCall } from './service-call.js';

/** A message as its service sees it. */
export class SeenMessage extends LentBody implements ServiceMessage {
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly ts: number;
  readonly body: Uint8Array;

  constructor({ from, origin, cid, ts, bytes, bodyStart, bodyEnd }: Message) {
    super();
    this.from = from;
    this.origin = origin;
    this.cid = cid;
    this.ts = ts;
    this.body = bytes.subarray(bodyStart, bodyEnd);
  }
}

/** A signal that waits for its service. */
export class SeenSignal extends LentBody implements ServiceSignal {
  readonly from: string;
  readonly body: Uint8Array;

  constructor(from: string, body: Uint8Array) {
    super();
    this.from = from;
    this.body = body;
  }
}

/** Something that a service sent was refused by its recipient's mailbox. */
export class Refusal implements ServiceReceipt {
  readonly outcome = 'rejected';
  readonly peer: string;
  readonly origin: number;
  readonly cid: number;
  readonly upTo = 0;
  readonly code: string;
  readonly ts: number;

  constructor(message: Message, ts: number) {
    this.peer = message.to;
    this.origin = message.origin;
    this.cid = message.cid;
    this.code = message.rejection!.code;
    this.ts = ts;
  }
}

/** A timer of one actor: it ends with it. */
export class Timer implements ServiceTimer {
  readonly tag: unknown;
  /** The actor system's own. */
  ref: unknown = null;
  isOver = false;

  constructor(tag: unknown) {
    this.tag = tag;
  }
}

/** What waits in a lane. */
export type LaneEntry = Message | Receipt | Refusal | SeenSignal | ServiceCall | Timer;

const OUTCOMES = { 1: 'delivered', 2: 'read', 3: 'failed' } as const;

/** A receipt as its service sees it. */
export function seenReceipt(entry: Receipt | Refusal): ServiceReceipt {
  if (!(entry instanceof Receipt)) return entry;
  const { peer, kind, origin, cid, upTo, code, ts } = entry;
  return { peer, outcome: OUTCOMES[kind], origin, cid, upTo, code, ts };
}
