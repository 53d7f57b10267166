import type { FailCode } from '@mailbeam/protocol';
import type { PendingReceipt, ReceiptKind } from '@mailbeam/store';
import type { ReceiptSlot } from './receipt-box.js';
import { ReadRequest, Where } from './request.js';
import type { Request } from './request.js';

/**
 * A receipt as an entry of its sender's mailbox. It may carry requests that it settles: messages that its covering ack
 * accepted (answered once it has left or is on disk, semantics 2.3) and the READs it was made of (answered once it is on disk or
 * acked itself).
 */
export class Receipt implements PendingReceipt {
  readonly slot: ReceiptSlot;
  readonly key: number;
  readonly peer: string;
  readonly kind: ReceiptKind;
  readonly origin: number;
  readonly code: FailCode | '';
  readonly upTo: number;
  cid: number;
  ts: number;
  where: Where = Where.UNWRITTEN;
  /** True when it must be on disk at the next commit, unless it is acked before. */
  needsDisk = false;
  /** True once nobody needs it any more: acked, or merged into a newer one. */
  gone = false;
  /** Chain of the requests it settles, through `Request.next`. */
  requests: Request | null = null;

  constructor(slot: ReceiptSlot, key: number, cid: number, ts: number, code: FailCode | '', upTo: number) {
    this.slot = slot;
    this.key = key;
    this.peer = slot.peer;
    this.kind = slot.kind;
    this.origin = slot.origin;
    this.cid = cid;
    this.ts = ts;
    this.code = code;
    this.upTo = upTo;
  }

  /** Adds a chain of requests. */
  carry(chain: Request | null): void {
    if (chain === null) return;
    let last = chain;
    while (last.next !== null) last = last.next;
    last.next = this.requests;
    this.requests = chain;
  }

  /** It was handed out: the messages that it covers are answered. */
  left(): void {
    for (let r = this.requests; r !== null; r = r.next) {
      if (!(r instanceof ReadRequest)) r.sender?.accept(r);
    }
  }

  /** It is in a commit that is being written: a crash after its flush no longer undoes what it covers (semantics 2.8). */
  settleRequests(): void {
    for (let r = this.requests; r !== null; r = r.next) r.settled = true;
  }

  /** It is on disk, or acked: everything that it carries is answered and settled. */
  kept(): void {
    let r = this.requests;
    this.requests = null;
    while (r !== null) {
      const next: Request | null = r.next;
      r.next = null;
      r.settled = true;
      r.sender?.accept(r);
      r.sender?.settle();
      r = next;
    }
  }
}
