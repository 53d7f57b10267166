import { ReceiptKind } from '@mailbeam/protocol';
import { FailedError } from './errors.js';
import type { Sent } from './sent.js';

interface Tracked {
  readonly cid: number;
  readonly sent: Sent;
  delivered: boolean;
}

interface Peer {
  /** Accepted and not read or failed, in order of `cid`. */
  tracked: Tracked[];
  delivered: { upTo: number; ts: number };
  read: { upTo: number; ts: number };
}

/**
 * Tells each `Sent` what RECEIPTs say of it (protocol, "From the router"): receipts of kind 1 and 2 are cumulative, so they
 * may come before the acceptance that they also cover; one of kind 3 names a message or a range and wins.
 *
 * Keeps at most `most` messages that may still be read, and forgets the oldest first: their later events are not told
 * to the `Sent` (the client's own events `delivered`, `read` and `failed` tell all).
 */
export class Receipts {
  private readonly most: number;
  private readonly peers = new Map<string, Peer>();
  private tracked = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** From now on `sent`, accepted as `cid`, is told. Call in order of `cid` for each recipient where it can be. */
  track(cid: number, sent: Sent): void {
    const peer = this.peer(sent.to);
    const tracked: Tracked = { cid, sent, delivered: false };
    let at = peer.tracked.length;
    while (at > 0 && (peer.tracked[at - 1] as Tracked).cid > cid) at--;
    peer.tracked.splice(at, 0, tracked);
    this.tracked++;
    if (cid <= peer.delivered.upTo) deliver(tracked, peer.delivered.ts);
    if (cid <= peer.read.upTo) this.readUpTo(peer, cid, peer.read.ts);
    if (this.tracked > this.most) this.forgetOldest();
  }

  /** A RECEIPT of kind 1 or 2. */
  cumulative(to: string, kind: ReceiptKind, cid: number, ts: number): void {
    const peer = this.peer(to);
    if (cid > peer.delivered.upTo) peer.delivered = { upTo: cid, ts };
    for (const tracked of peer.tracked) {
      if (tracked.cid > cid) break;
      deliver(tracked, ts);
    }
    if (kind !== ReceiptKind.READ || cid <= peer.read.upTo) return;
    peer.read = { upTo: cid, ts };
    this.readUpTo(peer, cid, ts);
  }

  /** A RECEIPT of kind 3 for the messages from `cid` to `upTo`. */
  failed(to: string, cid: number, upTo: number, code: string): void {
    const peer = this.peer(to);
    const failed = peer.tracked.filter((tracked) => tracked.cid >= cid && tracked.cid <= upTo);
    if (failed.length === 0) return;
    peer.tracked = peer.tracked.filter((tracked) => tracked.cid < cid || tracked.cid > upTo);
    this.tracked -= failed.length;
    for (const tracked of failed) tracked.sent.emit('failed', new FailedError(tracked.cid, code));
  }

  private readUpTo(peer: Peer, cid: number, ts: number): void {
    const end = peer.tracked.findIndex((tracked) => tracked.cid > cid);
    const read = peer.tracked.splice(0, end < 0 ? peer.tracked.length : end);
    this.tracked -= read.length;
    for (const tracked of read) {
      deliver(tracked, ts);
      tracked.sent.emit('read', { ts });
    }
  }

  private forgetOldest(): void {
    for (const [name, peer] of this.peers) {
      if (peer.tracked.shift() === undefined) {
        this.peers.delete(name);
        continue;
      }
      this.tracked--;
      return;
    }
  }

  private peer(name: string): Peer {
    let peer = this.peers.get(name);
    if (peer === undefined) {
      peer = { tracked: [], delivered: { upTo: 0, ts: 0 }, read: { upTo: 0, ts: 0 } };
      this.peers.set(name, peer);
    }
    return peer;
  }
}

function deliver(tracked: Tracked, ts: number): void {
  if (tracked.delivered) return;
  tracked.delivered = true;
  tracked.sent.emit('delivered', { ts });
}
