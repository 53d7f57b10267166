import { LOG_BLOCK, eachRecord, openBlock } from '../block.js';
import type { Ledger } from '../mailbox-store.js';
import { ReceiptOverlay } from '../receipt-overlay.js';
import * as record from '../record.js';
import type { Bytes } from '../record.js';
import { TailUsers } from '../tail-users.js';

/** A message where it lies. */
export interface MessageAt {
  readonly bytes: Bytes;
  readonly at: number;
}

interface Erased {
  upTo: number;
  readonly singles: Set<number>;
}

/** What the blocks of a log say, one after the other: what came since the last checkpoint, and what went. */
export class LogReader {
  readonly receipts = new ReceiptOverlay();
  readonly users = new TailUsers();
  ledger: Ledger | undefined;
  readonly #erased = new Map<string, Erased>();
  readonly #messages = new Map<string, Map<number, MessageAt>>();

  /** @throws StoreError `store_corrupt`; then nothing of it was read that stands behind the damage */
  read(block: Buffer, where: string): void {
    const bytes = openBlock(block, LOG_BLOCK, where);
    eachRecord(bytes, where, (at) => this.#record(bytes, at));
  }

  /** Whether a message of the runs was erased. */
  covers(user: string, key: number): boolean {
    const erased = this.#erased.get(user);
    return erased !== undefined && (key <= erased.upTo || erased.singles.has(key));
  }

  /** The messages that came, by user, oldest first. */
  get messages(): ReadonlyMap<string, ReadonlyMap<number, MessageAt>> {
    return this.#messages;
  }

  #record(bytes: Bytes, at: number): void {
    const type = record.recordType(bytes, at);
    if (type === record.LEDGER) {
      this.ledger = record.ledgerOf(bytes, at);
      return;
    }
    const user = record.userOf(bytes, at);
    switch (type) {
      case record.APPEND:
        this.#messagesOf(user).set(record.keyOf(bytes, at), { bytes, at });
        break;
      case record.ERASE:
        this.#erasedOf(user).singles.add(record.keyOf(bytes, at));
        this.#messages.get(user)?.delete(record.keyOf(bytes, at));
        break;
      case record.ERASE_UP_TO:
        this.#eraseUpTo(user, record.keyOf(bytes, at));
        break;
      case record.RECEIPT:
        this.receipts.put(user, record.receiptOf(bytes, at));
        break;
      case record.RECEIPT_ERASE: {
        const { peer, kind, origin, cid } = record.erasedReceiptOf(bytes, at);
        this.receipts.erase(user, peer, kind, origin, cid);
        break;
      }
      case record.SENDER:
        this.users.putSender(user, record.secondNameOf(bytes, at), record.senderOf(bytes, at));
        break;
      case record.ORIGIN:
        this.users.useOrigin(user, record.usedOriginOf(bytes, at));
    }
  }

  #eraseUpTo(user: string, key: number): void {
    const erased = this.#erasedOf(user);
    erased.upTo = Math.max(erased.upTo, key);
    const waiting = this.#messages.get(user);
    for (const one of waiting?.keys() ?? []) if (one <= key) waiting?.delete(one);
  }

  #messagesOf(user: string): Map<number, MessageAt> {
    let messages = this.#messages.get(user);
    if (messages === undefined) this.#messages.set(user, (messages = new Map()));
    return messages;
  }

  #erasedOf(user: string): Erased {
    let erased = this.#erased.get(user);
    if (erased === undefined) this.#erased.set(user, (erased = { upTo: -1, singles: new Set() }));
    return erased;
  }
}
