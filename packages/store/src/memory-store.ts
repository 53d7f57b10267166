import { StoreError } from './errors.js';
import type {
  Batch,
  DueMessage,
  Ledger,
  MailboxCount,
  MailboxStore,
  MailboxWalk,
  PendingMessage,
  PendingReceipt,
  ReceiptKind,
  SenderRecord,
} from './mailbox-store.js';
import { NameHash, partitionCount } from './name-hash.js';

/** Everything that is "on disk". Maps of maps, so that each operation is its own definition. */
class State {
  messages = new Map<string, Map<number, PendingMessage>>();
  receipts = new Map<string, Map<string, PendingReceipt>>();
  senders = new Map<string, Map<string, SenderRecord>>();
  highestOrigin = new Map<string, number>();
  ledger: Ledger = { accepted: 0, delivered: 0, failed: 0 };

  copy(): State {
    const copy = new State();
    const inner = <V>(outer: Map<string, Map<never, V>>) =>
      new Map([...outer].map(([name, map]) => [name, new Map(map)]));
    copy.messages = inner(this.messages as never) as never;
    copy.receipts = inner(this.receipts as never) as never;
    copy.senders = inner(this.senders as never) as never;
    copy.highestOrigin = new Map(this.highestOrigin);
    copy.ledger = this.ledger;
    return copy;
  }
}

const receiptId = (peer: string, kind: ReceiptKind, origin: number, cid: number): string =>
  JSON.stringify([peer, kind, origin, kind === 3 ? cid : 0]);

function innerMap<K, V>(outer: Map<string, Map<K, V>>, name: string): Map<K, V> {
  let map = outer.get(name);
  if (map === undefined) outer.set(name, (map = new Map()));
  return map;
}

class MemoryBatch implements Batch {
  size = 0;
  bytes = 0;
  sealed = false;
  readonly operations: ((state: State) => void)[] = [];

  #add(bytes: number, operation: (state: State) => void): void {
    if (this.sealed) throw new StoreError('bad_operation', 'the batch was handed over');
    this.size += 1;
    this.bytes += bytes;
    this.operations.push(operation);
  }

  append(user: string, message: PendingMessage): void {
    const bytes = Uint8Array.from(message.bytes.subarray(message.bodyStart, message.bodyEnd));
    const kept: PendingMessage = {
      key: message.key,
      from: message.from,
      origin: message.origin,
      cid: message.cid,
      ts: message.ts,
      expiresAt: message.expiresAt,
      bytes,
      bodyStart: 0,
      bodyEnd: bytes.length,
    };
    this.#add(60 + bytes.length, (state) => innerMap(state.messages, user).set(kept.key, kept));
  }

  eraseUpTo(user: string, key: number): void {
    this.#add(40, (state) => {
      const mailbox = innerMap(state.messages, user);
      for (const waiting of [...mailbox.keys()]) if (waiting <= key) mailbox.delete(waiting);
    });
  }

  erase(user: string, key: number): void {
    this.#add(40, (state) => void innerMap(state.messages, user).delete(key));
  }

  putReceipt(user: string, receipt: PendingReceipt): void {
    const put = { ...receipt };
    const id = receiptId(put.peer, put.kind, put.origin, put.cid);
    this.#add(80, (state) => {
      const kept = innerMap(state.receipts, user).get(id);
      if (kept === undefined || kept.cid < put.cid) innerMap(state.receipts, user).set(id, put);
    });
  }

  eraseReceipt(user: string, peer: string, kind: ReceiptKind, origin: number, cid: number): void {
    const id = receiptId(peer, kind, origin, cid);
    this.#add(60, (state) => {
      const kept = innerMap(state.receipts, user).get(id);
      if (kept !== undefined && kept.cid <= cid) innerMap(state.receipts, user).delete(id);
    });
  }

  putSender(user: string, client: string, record: SenderRecord): void {
    const put = { ...record, rejections: record.rejections.map((rejection) => ({ ...rejection })) };
    this.#add(80, (state) => {
      innerMap(state.senders, user).set(client, put);
      state.highestOrigin.set(user, Math.max(put.origin, state.highestOrigin.get(user) ?? 0));
    });
  }

  useOrigin(user: string, origin: number): void {
    this.#add(40, (state) => state.highestOrigin.set(user, Math.max(origin, state.highestOrigin.get(user) ?? 0)));
  }

  setLedger(ledger: Ledger): void {
    const put = { accepted: ledger.accepted, delivered: ledger.delivered, failed: ledger.failed };
    this.#add(40, (state) => {
      state.ledger = put;
    });
  }
}

interface WaitingCommit {
  readonly batch: MemoryBatch;
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

/** How a {@link MemoryStore} flushes. */
export interface MemoryStoreOptions {
  /** Flush every commit in a microtask of its own instead of waiting for {@link MemoryStore.flushNext}; default false. */
  readonly auto?: boolean;
}

/**
 * A {@link MailboxStore} in memory for tests: its disk is a value, a flush is a call, a crash is a copy.
 *
 * @example
 * const store = new MemoryStore();
 * const done = store.commit(batch); // not visible yet
 * store.flushNext();                // now it is, and `done` resolves
 * const after = store.crash();      // what a process finds that starts after a SIGKILL
 */
export class MemoryStore implements MailboxStore {
  readonly openings: Readonly<Uint32Array>;
  readonly ledger: Ledger;
  readonly #state: State;
  readonly #auto: boolean;
  readonly #hash = new NameHash(0x6d61696c, 0x6265616d);
  #waiting: WaitingCommit[] = [];
  #failures = 0;
  #closed = false;

  constructor(options: MemoryStoreOptions = {}) {
    const found = inherited ?? { state: new State(), opening: 1 };
    inherited = undefined;
    this.#state = found.state;
    this.#auto = options.auto ?? false;
    this.ledger = found.state.ledger;
    this.openings = new Uint32Array(partitionCount).fill(found.opening);
  }

  /** Commits handed over and not yet flushed. */
  get unflushed(): number {
    return this.#waiting.length;
  }

  /** Flushes the oldest commit under way: true when there was one. */
  flushNext(): boolean {
    const next = this.#waiting.shift();
    if (next === undefined) return false;
    if (this.#failures > 0) {
      this.#failures -= 1;
      next.reject(new StoreError('commit_failed', 'a test asked for it'));
      return true;
    }
    for (const operation of next.batch.operations) operation(this.#state);
    next.resolve();
    return true;
  }

  /** Flushes every commit under way; returns how many there were. */
  flushAll(): number {
    let count = 0;
    while (this.flushNext()) count += 1;
    return count;
  }

  /** Makes the next flush fail: the promise of that commit rejects with `commit_failed`. */
  failNextCommit(): void {
    this.#failures += 1;
  }

  /** What a process finds after this one was killed: all that was flushed, openings + 1. This store is unusable afterwards. */
  crash(options: MemoryStoreOptions = { auto: this.#auto }): MemoryStore {
    this.#closed = true;
    this.#waiting = [];
    inherited = { state: this.#state.copy(), opening: (this.openings[0] ?? 0) + 1 };
    return new MemoryStore(options);
  }

  partitionOf(user: string): number {
    return this.#hash.partitionOf(user);
  }

  begin(): Batch {
    return new MemoryBatch();
  }

  commit(batch: Batch): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreError('store_closed'));
    if (!(batch instanceof MemoryBatch))
      return Promise.reject(new StoreError('bad_operation', 'a batch of another store'));
    batch.sealed = true;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (this.#auto) queueMicrotask(() => this.flushNext());
    });
  }

  get pending(): MailboxCount {
    let messages = 0;
    let bytes = 0;
    for (const mailbox of this.#state.messages.values())
      for (const message of mailbox.values()) {
        messages += 1;
        bytes += message.bodyEnd - message.bodyStart;
      }
    return { messages, bytes };
  }

  count(user: string): MailboxCount {
    const waiting = this.#mailbox(user);
    return { messages: waiting.length, bytes: waiting.reduce((sum, m) => sum + m.bodyEnd - m.bodyStart, 0) };
  }

  countAtMost(user: string): MailboxCount {
    return this.count(user);
  }

  get deepest(): MailboxCount {
    return this.pending;
  }

  deepMailboxes(least: number): MailboxWalk {
    const names = this.#state.messages.entries();
    return {
      isOver: false,
      step(this: { isOver: boolean }, until, visit) {
        do {
          const next = names.next();
          if (next.done === true) {
            this.isOver = true;
            return;
          }
          const [name, messages] = next.value;
          if (messages.size >= least) visit(name);
        } while (performance.now() < until);
      },
    };
  }

  read(user: string, after: number, before: number, limit: number, maxBytes: number): PendingMessage[] {
    const found: PendingMessage[] = [];
    let bytes = 0;
    for (const message of this.#mailbox(user)) {
      if (message.key <= after || message.key >= before) continue;
      bytes += message.bodyEnd - message.bodyStart;
      if (found.length === limit || (found.length > 0 && bytes > maxBytes)) break;
      found.push(message);
    }
    return found;
  }

  holds(user: string, from: string, origin: number, cid: number): boolean {
    return this.#mailbox(user).some((m) => m.cid === cid && m.origin === origin && m.from === from);
  }

  receipts(user: string): PendingReceipt[] {
    return [...(this.#state.receipts.get(user)?.values() ?? [])].sort((a, b) => a.key - b.key);
  }

  sender(user: string, client: string): SenderRecord | undefined {
    return this.#state.senders.get(user)?.get(client);
  }

  highestOrigin(user: string): number {
    return this.#state.highestOrigin.get(user) ?? 0;
  }

  sweepSenders(beforeMs: number): Promise<number> {
    let swept = 0;
    for (const clients of this.#state.senders.values())
      for (const [client, record] of [...clients]) if (record.usedAt < beforeMs && clients.delete(client)) swept += 1;
    return Promise.resolve(swept);
  }

  due(now: number, limit: number): DueMessage[] {
    const ended: { at: number; due: DueMessage }[] = [];
    for (const [user, mailbox] of this.#state.messages)
      for (const m of mailbox.values())
        if (m.expiresAt !== 0 && m.expiresAt <= now) {
          const due = {
            user,
            key: m.key,
            from: m.from,
            origin: m.origin,
            cid: m.cid,
            bodyBytes: m.bodyEnd - m.bodyStart,
          };
          ended.push({ at: m.expiresAt, due });
        }
    return ended
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
      .map((entry) => entry.due);
  }

  get quiet(): boolean {
    return this.#waiting.length === 0;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  /** Flushes what is under way and closes. */
  close(): Promise<void> {
    this.flushAll();
    this.#closed = true;
    return Promise.resolve();
  }

  #mailbox(user: string): PendingMessage[] {
    return [...(this.#state.messages.get(user)?.values() ?? [])].sort((a, b) => a.key - b.key);
  }
}

/** Handed from {@link MemoryStore.crash} to the constructor of the store it makes. */
let inherited: { readonly state: State; readonly opening: number } | undefined;
