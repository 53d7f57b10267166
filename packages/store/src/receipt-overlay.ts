import type { PendingReceipt, ReceiptKind } from './mailbox-store.js';

/** What a tail says about one receipt: everything up to `cut` was erased, then perhaps `put` came. */
export interface ReceiptChange {
  readonly user: string;
  readonly peer: string;
  readonly kind: ReceiptKind;
  readonly origin: number;
  /** The cid for kind 3, where it is part of the identity; else 0. */
  readonly idCid: number;
  cut: number;
  put: PendingReceipt | undefined;
}

export function receiptId(peer: string, kind: ReceiptKind, origin: number, idCid: number): string {
  return `${kind} ${origin} ${idCid} ${peer}`;
}

/** What is kept once a change has been applied to what was kept before. */
export function receiptAfter(base: PendingReceipt | undefined, change: ReceiptChange): PendingReceipt | undefined {
  const kept = base !== undefined && base.cid > change.cut ? base : undefined;
  if (change.put === undefined) return kept;
  return kept !== undefined && kept.cid >= change.put.cid ? kept : change.put;
}

/** The receipts of a tail: changes to what the tables hold, one for each (user, peer, origin, kind). */
export class ReceiptOverlay {
  readonly users = new Map<string, Map<string, ReceiptChange>>();
  size = 0;

  put(user: string, receipt: PendingReceipt): void {
    const change = this.#change(user, receipt.peer, receipt.kind, receipt.origin, receipt.cid);
    if (change.put === undefined || change.put.cid < receipt.cid) change.put = receipt;
  }

  erase(user: string, peer: string, kind: ReceiptKind, origin: number, cid: number): void {
    const change = this.#change(user, peer, kind, origin, cid);
    if (change.put !== undefined && change.put.cid <= cid) change.put = undefined;
    change.cut = Math.max(change.cut, cid);
  }

  #change(user: string, peer: string, kind: ReceiptKind, origin: number, cid: number): ReceiptChange {
    let changes = this.users.get(user);
    if (changes === undefined) this.users.set(user, (changes = new Map()));
    const idCid = kind === 3 ? cid : 0;
    const id = receiptId(peer, kind, origin, idCid);
    let change = changes.get(id);
    if (change === undefined) {
      change = { user, peer, kind, origin, idCid, cut: -1, put: undefined };
      changes.set(id, change);
      this.size += 1;
    }
    return change;
  }
}
