import { Fifo } from '../fifo.js';
import type { CommitLoop } from '../commit/commit-loop.js';
import type { Clock } from '../clock.js';
import type { Ledger } from '../ledger.js';
import type { Port } from '../port/port.js';
import type { Outbox } from '../routing/outbox.js';
import type { DueMessage, MailboxStore } from '@mailbeam/store';
import type { Partition } from './partition.js';
import { ReceiptBox } from './receipt-box.js';
import type { NewReceipt } from './receipt-box.js';
import type { Receipt } from './receipt.js';
import { Answer, Message, Where } from './request.js';
import { lookUpResend } from './resend.js';
import type { Sender } from './sender.js';

/** What every mailbox of a node shares. */
export interface MailboxHost {
  readonly store: MailboxStore;
  readonly commits: CommitLoop;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly commitDelayMs: number;
  readonly quotaMessages: number;
  readonly quotaBytes: number;
}

/** The read-ahead page: what is in memory for a connection whose window is full. */
const READY_MESSAGES = 256;
const READY_BYTES = 1 << 20;
const NO_SENDERS: readonly Sender[] = [];
const LAST_KEY = Number.MAX_SAFE_INTEGER;

/**
 * Where the entries of one user wait. It is in memory while its user is connected or something of it is not on disk yet;
 * for everybody else it lies in the store alone.
 *
 * Its messages, oldest first: handed out (in the port), `#ready`, and the rest in the store or among `#unflushed`.
 */
export class Mailbox {
  readonly name: string;
  readonly partition: Partition;
  port: Port | null = null;
  /** Messages that nobody has acked, and their bytes: exact while connected, else an upper bound. */
  depth = 0;
  bytes = 0;
  /** When its unwritten messages have to join a commit, monotonic ms; 0 = they need not. */
  dueAt = 0;
  /** Everything up to this key is acked. */
  ackedUpTo = 0;
  /** Everything up to this key is erased on disk by a commit that was built. */
  erasedUpTo = 0;
  /** Messages on disk that were acked, and that no commit erases yet. */
  ackedOnDisk = 0;
  /** Messages on disk that were acked or failed and are not erased there yet. */
  #unerased = 0;
  /** Keys to erase out of turn. */
  eraseKeys: number[] | null = null;
  /** Failed messages whose erasure is not flushed; reads pass over them. */
  #failedKeys: Set<number> | null = null;
  /** In the commit loop's list of mailboxes to erase from. */
  erasing = false;
  /** Parts of it that are in a commit under way. */
  pins = 0;
  /** Purges and logins under way: until they are on disk nothing leaves (semantics 8.4 and 5.10). */
  #blocked = 0;
  /** Clients of this user that send, or sent something that is not settled yet. */
  senders: readonly Sender[] = NO_SENDERS;
  #exact = false;
  /** Its next message has expired before it was on disk. */
  #pumpWhenWritten = false;
  #unflushed: Fifo<Message> | null = null;
  /** How many at the front of `#unflushed` belong to the commit under way. */
  #writing = 0;
  #ready: Fifo<Message> | null = null;
  #readyBytes = 0;
  /** The highest key that was handed out or is in `#ready`. */
  #cursor = 0;
  /** The highest key that was handed out on this connection. */
  #handedUpTo = 0;
  /** True when there may be messages after `#cursor`. */
  #behind = false;
  #receipts: ReceiptBox | null = null;
  /** Usual time from hand-out to ack, ms. */
  #ackMs = 1;
  readonly #host: MailboxHost;

  constructor(name: string, partition: Partition, host: MailboxHost) {
    this.name = name;
    this.partition = partition;
    this.#host = host;
    const most = host.store.countAtMost(name);
    this.depth = most.messages;
    this.bytes = most.bytes;
    this.#exact = most.messages === 0;
  }

  get receiptsWaiting(): number {
    return this.#receipts === null ? 0 : this.#receipts.waiting;
  }

  /** True when it need not be in memory. */
  get idle(): boolean {
    return (
      this.port === null &&
      this.pins === 0 &&
      this.senders.length === 0 &&
      this.#blocked === 0 &&
      !this.erasing &&
      (this.#unflushed === null || this.#unflushed.length === 0) &&
      (this.#receipts === null || this.#receipts.idle)
    );
  }

  addSender(sender: Sender): void {
    this.senders = [...this.senders, sender];
  }

  dropSender(sender: Sender): void {
    const rest = this.senders.filter((s) => s !== sender);
    this.senders = rest.length === 0 ? NO_SENDERS : rest;
  }

  // ---- messages in

  /** Takes a SEND: into the mailbox, or to its answer. */
  append(message: Message): void {
    const sender = message.sender!;
    if (message.again || message.cid <= sender.highCid) {
      if (lookUpResend(this, message, this.#host)) return;
    } else if (this.#overQuota(message.bodyBytes)) {
      const rejection = { code: 'mailbox_full' as const, detail: `the mailbox of '${this.name}' is full`, retryAfterMs: 60_000 };
      this.#host.commits.reject(message, rejection, this.name);
      return;
    }
    this.#take(message);
  }

  #take(message: Message): void {
    const { clock, commits, commitDelayMs } = this.#host;
    message.key = this.partition.nextKey();
    message.ts = clock.wall;
    if (message.ttl > 0) message.expiresAt = clock.wall + message.ttl * 1000;
    message.held = message.sender!.holds(this.name);
    this.depth++;
    this.bytes += message.bodyBytes;
    (this.#unflushed ??= new Fifo()).push(message);
    if (this.port !== null) {
      if (!this.#behind && this.#roomInReady()) {
        this.#makeReady(message);
        this.pump();
      } else this.#behind = true;
    }
    // whoever usually acks within the delay is given the time for it: then nothing has to be written
    const waits = message.handedAt > 0 && this.#ackMs < commitDelayMs;
    commits.due(this, waits ? clock.mono + commitDelayMs : clock.mono);
  }

  #overQuota(bodyBytes: number): boolean {
    const { quotaMessages, quotaBytes } = this.#host;
    if (this.depth < quotaMessages && this.bytes + bodyBytes <= quotaBytes) return false;
    if (!this.#exact) this.#countExactly();
    return this.depth >= quotaMessages || this.bytes + bodyBytes > quotaBytes;
  }

  #countExactly(): void {
    const { messages, bytes } = this.#host.store.count(this.name);
    this.depth = messages - this.#unerased;
    this.bytes = bytes;
    for (const m of this.#unflushed ?? []) {
      if (m.gone) continue;
      this.depth++;
      this.bytes += m.bodyBytes;
    }
    this.#exact = true;
  }

  /** True when the message `cid` of (from, origin) is in memory and not on disk (semantics 4.2). */
  hasUnflushed(from: string, origin: number, cid: number): boolean {
    for (const m of this.#unflushed ?? []) if (!m.gone && m.cid === cid && m.origin === origin && m.from === from) return true;
    return false;
  }

  // ---- hand-out

  /** Gives a new connection everything that no connection has acked, oldest first (semantics 3.1). */
  attach(port: Port): void {
    const { store } = this.#host;
    this.port = port;
    this.#countExactly();
    this.#cursor = this.ackedUpTo;
    this.#handedUpTo = this.ackedUpTo;
    this.#behind = this.depth > 0;
    this.#ready = null;
    this.#readyBytes = 0;
    const receipts = store.receipts(this.name);
    if (receipts.length > 0 || this.#receipts !== null) (this.#receipts ??= new ReceiptBox()).load(receipts);
  }

  /** The connection is gone: what it owed is unacked again (semantics 3.7). */
  detach(inFlight: Iterable<Message | Receipt>): void {
    const { commits, clock } = this.#host;
    this.port = null;
    this.#ready = null;
    const receipts: Receipt[] = [];
    for (const entry of inFlight) if (!(entry instanceof Message)) receipts.push(entry);
    this.#receipts?.takeBack(receipts, (receipt) => commits.write(this, receipt));
    if (this.hasUnwritten) commits.due(this, clock.mono);
    for (const m of this.#unflushed ?? []) m.handedAt = 0;
    commits.release(this);
  }

  /** Nothing leaves, and it stays in memory, until {@link unblock} was called as often. */
  block(): void {
    this.#blocked++;
  }

  unblock(): void {
    this.#blocked--;
    this.pump();
  }

  get hasUnwritten(): boolean {
    return this.#unflushed !== null && this.#unflushed.length > this.#writing;
  }

  /** Hands out what the connection's window has room for. */
  pump(): void {
    const { port } = this;
    if (port === null || this.#blocked > 0) return;
    while (port.hasRoom) {
      const message = this.#next();
      const receipt = this.#receipts === null ? undefined : this.#receipts.peek();
      if (message !== undefined && (receipt === undefined || message.key < receipt.key)) {
        if (!port.fits(message.bodyBytes)) return;
        this.#ready!.shift();
        this.#readyBytes -= message.bodyBytes;
        this.#handedUpTo = message.key;
        message.handedAt = this.#host.clock.mono;
        port.deliver(message);
      } else if (receipt !== undefined) {
        // "will not be sent again" is only true once the message is erased on disk (semantics 7.7)
        if (receipt.kind === 3 && receipt.where !== Where.STORED) return;
        this.#receipts!.handOut();
        port.receipt(receipt);
        receipt.left();
      } else return;
    }
  }

  /** The next message to hand out; expired ones are failed on the way. */
  #next(): Message | undefined {
    for (;;) {
      if (this.#ready === null || this.#ready.length === 0) {
        if (!this.#behind) return undefined;
        this.#readAhead();
      }
      const message = this.#ready?.peek();
      if (message === undefined) return undefined;
      if (message.gone) {
        this.#ready!.shift();
        continue;
      }
      if (message.expiresAt > 0 && message.expiresAt <= this.#host.clock.wall) {
        if (message.where !== Where.STORED) {
          // a crash would undo its end: then it would come again, behind the later ones of its pair (semantics 8.3)
          this.#pumpWhenWritten = true;
          return undefined;
        }
        this.#ready!.shift();
        this.#readyBytes -= message.bodyBytes;
        this.#expire(message.key, message.from, message.origin, message.cid, message.bodyBytes);
        continue;
      }
      if (message.held && message.sender !== null && message.sender.holds(this.name)) return undefined;
      return message;
    }
  }

  #roomInReady(): boolean {
    return this.#ready === null || (this.#ready.length < READY_MESSAGES && this.#readyBytes < READY_BYTES);
  }

  #makeReady(message: Message): void {
    (this.#ready ??= new Fifo()).push(message);
    this.#readyBytes += message.bodyBytes;
    this.#cursor = message.key;
  }

  /** Fills `#ready` with the next page: from the store, then from what is not on disk yet. */
  #readAhead(): void {
    const { store } = this.#host;
    const first = this.#unflushed?.peek();
    const after = Math.max(this.#cursor, this.ackedUpTo);
    const page = store.read(this.name, after, first === undefined ? LAST_KEY : first.key, READY_MESSAGES, READY_BYTES);
    let bytes = 0;
    for (const p of page) {
      bytes += p.bodyEnd - p.bodyStart;
      if (this.#failedKeys !== null && this.#failedKeys.has(p.key)) this.#cursor = p.key;
      else this.#makeReady(Message.stored(this.name, p));
    }
    if (page.length >= READY_MESSAGES || bytes >= READY_BYTES) return;
    for (const m of this.#unflushed ?? []) {
      if (m.key <= this.#cursor || m.gone) continue;
      if (!this.#roomInReady()) return;
      this.#makeReady(m);
    }
    this.#behind = false;
  }

  // ---- acks

  /** The user has taken a message (semantics 2.2 and 3.4). Whoever calls it sends the receipt. */
  acked(message: Message): void {
    const { commits, ledger, clock } = this.#host;
    this.depth--;
    this.bytes -= message.bodyBytes;
    this.ackedUpTo = message.key;
    if (message.handedAt > 0) this.#ackMs += (clock.mono - message.handedAt - this.#ackMs) / 8;
    if (message.where === Where.UNWRITTEN) {
      message.where = Where.ELIDED;
      ledger.elide();
      message.drop();
      this.#trim();
      return;
    }
    if (message.where === Where.WRITING) {
      ledger.accept();
      message.gone = true;
    } else this.#unerased++;
    ledger.deliver();
    this.ackedOnDisk++;
    commits.erase(this);
  }

  /** The user has taken a receipt. */
  receiptAcked(receipt: Receipt): void {
    if (this.#receipts!.acked(receipt)) this.#host.commits.eraseReceipt(this, receipt);
  }

  /** Writes the receipts that are in flight and only in memory, so that their sender's `lastCid` moves on (semantics 2.8). */
  writeInFlightReceipts(inFlight: Iterable<Message | Receipt>): void {
    for (const entry of inFlight) {
      if (entry instanceof Message || entry.needsDisk || entry.where !== Where.UNWRITTEN) continue;
      entry.needsDisk = true;
      this.#host.commits.write(this, entry);
    }
  }

  /** Drops acked messages from the front of `#unflushed`. */
  #trim(): void {
    if (this.#writing > 0) return;
    const unflushed = this.#unflushed!;
    let front = unflushed.peek();
    while (front !== undefined && front.gone) {
      unflushed.shift();
      front = unflushed.peek();
    }
    if (front === undefined) this.dueAt = 0;
  }

  // ---- receipts in

  putReceipt(receipt: NewReceipt): void {
    const { commits } = this.#host;
    this.#receipts ??= new ReceiptBox();
    const kept = this.#receipts.put(receipt, this.partition.nextKey);
    if (kept === undefined) return;
    this.pump();
    // in hand of a connection, an elided message's receipt need not touch the disk (semantics 7.6)
    if (kept.needsDisk || this.port === null || kept.slot.queued === kept) {
      kept.needsDisk = true;
      commits.write(this, kept);
    }
  }

  failureOf(peer: string, origin: number, cid: number): boolean {
    return this.#receipts !== null && this.#receipts.failureOf(peer, origin, cid);
  }

  takenUpTo(peer: string, origin: number): number {
    return this.#receipts === null ? 0 : this.#receipts.takenUpTo(peer, origin);
  }

  /** A commit with this receipt is on disk. */
  receiptWritten(receipt: Receipt): void {
    if (receipt.where === Where.WRITING) receipt.where = Where.STORED;
    receipt.kept();
    if (this.port === null) this.#receipts!.forget(receipt);
    else if (receipt.kind === 3) this.pump();
  }

  receiptErased(receipt: Receipt): void {
    this.#receipts!.erased(receipt.slot);
  }

  // ---- failures

  /** Ends a message on disk whose `ttl` is over, unless it is in flight: then the ack decides (semantics 8.2, 8.3 and 3.7). */
  expire({ key, from, origin, cid, bodyBytes }: DueMessage): void {
    if (key <= this.ackedUpTo || this.#failedKeys?.has(key)) return;
    if (this.port !== null && key <= this.#handedUpTo) return;
    for (const m of this.#ready ?? []) if (m.key === key) m.drop();
    this.#expire(key, from, origin, cid, bodyBytes);
  }

  #expire(key: number, from: string, origin: number, cid: number, bodyBytes: number): void {
    const { ledger, outbox, clock } = this.#host;
    this.depth--;
    this.bytes -= bodyBytes;
    this.#unerased++;
    ledger.fail();
    this.#eraseOutOfTurn(key);
    const told = { peer: this.name, kind: 3, origin, cid, ts: clock.wall, code: 'expired', upTo: 0 } as const;
    outbox.receipt(from, { ...told, requests: null, needsDisk: true });
  }

  /**
   * Ends every message that is not in flight and that `matches`; each sender is told in one range. Nothing of the mailbox
   * leaves before that is on disk (semantics 8.4). Returns how many it were.
   */
  purge(matches: (message: Message) => boolean): number {
    const { store, ledger, outbox, clock, commits } = this.#host;
    const ranges = new Map<string, { from: string; origin: number; cid: number; upTo: number; requests: Message | null }>();
    let purged = 0;
    const end = (m: Message): void => {
      const key = `${m.origin}.${m.from}`;
      let range = ranges.get(key);
      if (range === undefined) ranges.set(key, (range = { from: m.from, origin: m.origin, cid: m.cid, upTo: m.cid, requests: null }));
      range.cid = Math.min(range.cid, m.cid);
      range.upTo = Math.max(range.upTo, m.cid);
      if (m.answer === Answer.NONE) {
        m.next = range.requests;
        range.requests = m;
      }
      this.depth--;
      this.bytes -= m.bodyBytes;
      purged++;
      if (m.where === Where.UNWRITTEN) {
        m.where = Where.ELIDED;
        ledger.failUnwritten();
      } else {
        if (m.where === Where.WRITING) ledger.accept();
        else this.#unerased++;
        ledger.fail();
        this.#eraseOutOfTurn(m.key);
      }
      m.drop();
    };
    let after = this.port === null ? this.ackedUpTo : Math.max(this.#handedUpTo, this.ackedUpTo);
    const before = this.#unflushed?.peek()?.key ?? LAST_KEY;
    for (;;) {
      const page = store.read(this.name, after, before, READY_MESSAGES, READY_BYTES);
      for (const p of page) {
        after = p.key;
        if (this.#failedKeys?.has(p.key)) continue;
        const m = Message.stored(this.name, p);
        if (matches(m)) end(m);
      }
      if (page.length === 0) break;
    }
    for (const m of this.#unflushed ?? []) if (m.handedAt === 0 && !m.gone && matches(m)) end(m);
    if (purged === 0) return 0;
    for (const m of this.#ready ?? []) if (this.#failedKeys?.has(m.key)) m.drop();
    for (const r of ranges.values()) {
      const { from, origin, cid, upTo, requests } = r;
      outbox.receipt(from, { peer: this.name, kind: 3, origin, cid, ts: clock.wall, code: 'purged', upTo, requests, needsDisk: true });
    }
    this.block();
    commits.whenFlushed(() => {
      this.unblock();
      commits.release(this);
    });
    return purged;
  }

  #eraseOutOfTurn(key: number): void {
    (this.eraseKeys ??= []).push(key);
    (this.#failedKeys ??= new Set()).add(key);
    this.#host.commits.erase(this);
  }

  // ---- commits

  /** Gives every unwritten message to a commit that is being built. */
  writeUnwritten(commit: { append(mailbox: Mailbox, message: Message): void }): boolean {
    const unflushed = this.#unflushed;
    this.dueAt = 0;
    if (unflushed === null || unflushed.length === this.#writing) return false;
    this.pins++;
    for (let i = this.#writing; i < unflushed.length; i++) {
      const m = unflushed.at(i)!;
      if (m.gone) continue;
      m.where = Where.WRITING;
      m.settled = true;
      commit.append(this, m);
    }
    this.#writing = unflushed.length;
    return true;
  }

  /** The commit that took its unwritten messages is on disk. */
  wrote(): void {
    const unflushed = this.#unflushed!;
    for (; this.#writing > 0; this.#writing--) {
      const m = unflushed.shift()!;
      if (m.where !== Where.WRITING) continue;
      m.where = Where.STORED;
      if (m.gone) this.#unerased++;
      else this.#host.ledger.accept();
      m.sender?.accept(m);
    }
    if (unflushed.length === 0) this.#unflushed = null;
    else this.#trim();
    this.pins--;
    if (!this.#pumpWhenWritten) return;
    this.#pumpWhenWritten = false;
    this.pump();
  }

  /** A commit that erased `acked` messages in turn and `keys` out of turn is on disk. */
  erased(acked: number, keys: readonly number[] | null): void {
    this.#unerased -= acked;
    this.pins--;
    if (keys === null) return;
    this.#unerased -= keys.length;
    for (const key of keys) this.#failedKeys?.delete(key);
    if (this.#failedKeys?.size === 0) this.#failedKeys = null;
  }
}
