import type { Ledger as StoredLedger, MailboxStore } from '@mailbeam/store';

/**
 * The conservation ledger (docs/semantics.md, 6): accepted = delivered + failed + pending, at all times. It is kept twice:
 * `live` as the clients see it, at the moment of the flush or the ack, and `durable` as it is once the commits that were
 * built are on disk. What is found at the start counts as accepted.
 */
export class Ledger {
  accepted: number;
  delivered: number;
  failed: number;
  pending: number;
  /** Messages that were acked before they had to be written. */
  elided = 0;
  #durable: { accepted: number; delivered: number; failed: number };

  constructor(found: StoredLedger, pending: number) {
    this.accepted = found.accepted;
    this.delivered = found.delivered;
    this.failed = found.failed;
    this.pending = pending;
    this.#durable = { ...found };
  }

  /** A message is on disk, or was acked before. */
  accept(): void {
    this.accepted++;
    this.pending++;
  }

  deliver(): void {
    this.delivered++;
    this.pending--;
  }

  fail(): void {
    this.failed++;
    this.pending--;
  }

  /** Acked before it was written: accepted and delivered in one, and nothing of it on disk. */
  elide(): void {
    this.accept();
    this.deliver();
    this.elided++;
    this.#durable.accepted++;
    this.#durable.delivered++;
  }

  /** Failed before it was written. */
  failUnwritten(): void {
    this.accept();
    this.fail();
    this.#durable.accepted++;
    this.#durable.failed++;
  }

  wrote(messages: number): void {
    this.#durable.accepted += messages;
  }

  erasedDelivered(messages: number): void {
    this.#durable.delivered += messages;
  }

  erasedFailed(messages: number): void {
    this.#durable.failed += messages;
  }

  /** What the next commit writes. */
  durable(): StoredLedger {
    return { ...this.#durable };
  }

  /** 0 unless something was lost or counted twice. */
  get imbalance(): number {
    return this.accepted - this.delivered - this.failed - this.pending;
  }

  /** The same for what is on disk; only meaningful while no commit is under way. */
  storeImbalance(store: MailboxStore): number {
    const { accepted, delivered, failed } = this.#durable;
    return accepted - delivered - failed - store.pending.messages;
  }
}
