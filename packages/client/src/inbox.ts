import { HighWater } from '@mailbeam/protocol';
import type { HighWaterEntry } from '@mailbeam/protocol';
import type { MessageParts } from './message.js';

interface Waiting extends MessageParts {
  readonly seq: number;
}

/**
 * What was delivered and is not yet acked. Pure bookkeeping: it hands out one message at a time, in order, never one
 * that was processed before (protocol, "Ack and the high-water rule"), and says up to which `seq` everything on this
 * connection is processed. A message in hand outlives its connection; the copy that comes on the next one waits behind
 * it and is then found to be a duplicate.
 */
export class Inbox {
  private readonly highWater = new HighWater();
  private waiting: Waiting[] = [];
  private inHand: Waiting | undefined;
  /** Whether `inHand` came on the connection that is open now. */
  private inHandIsCurrent = false;
  private lastSeq = 0;

  /** Goes on behind an earlier run: `marks` tell what it processed. */
  restore(marks: Iterable<HighWaterEntry>): void {
    this.highWater.restore(marks);
  }

  /** Notes an entry that needs no processing by the application, a RECEIPT. False where `seq` is not the next. */
  receipt(seq: number): boolean {
    if (seq !== this.lastSeq + 1) return false;
    this.lastSeq = seq;
    return true;
  }

  /** Notes a DELIVER. False where `seq` is not the next. */
  deliver(seq: number, parts: MessageParts): boolean {
    if (!this.receipt(seq)) return false;
    this.waiting.push({ seq, ...parts });
    return true;
  }

  /** The next message for the application; undefined while one is in hand, or none is waiting. */
  take(): MessageParts | undefined {
    if (this.inHand !== undefined) return undefined;
    this.skipDuplicates();
    this.inHand = this.waiting.shift();
    this.inHandIsCurrent = true;
    return this.inHand;
  }

  /** The message in hand is processed; answers it, for its mark to be stored before anything is acked. */
  processed(): MessageParts | undefined {
    const done = this.inHand;
    if (done === undefined) return undefined;
    this.inHand = undefined;
    this.highWater.note(done.from, done.origin, done.group, done.cid);
    return done;
  }

  /** The message in hand was not processed and is handed out again: first, where its connection is still open. */
  putBack(): void {
    if (this.inHand !== undefined && this.inHandIsCurrent) this.waiting.unshift(this.inHand);
    this.inHand = undefined;
  }

  /** Everything up to this `seq` is processed; 0 for nothing. */
  ackable(): number {
    this.skipDuplicates();
    if (this.inHand !== undefined && this.inHandIsCurrent) return this.inHand.seq - 1;
    const next = this.waiting[0];
    return next === undefined ? this.lastSeq : next.seq - 1;
  }

  /** The connection has ended: what nobody holds comes again on the next one. */
  disconnected(): void {
    this.waiting = [];
    this.inHandIsCurrent = false;
    this.lastSeq = 0;
  }

  private skipDuplicates(): void {
    let next = this.waiting[0];
    while (next !== undefined && !this.highWater.isNew(next.from, next.origin, next.group, next.cid)) {
      this.waiting.shift();
      next = this.waiting[0];
    }
  }
}
