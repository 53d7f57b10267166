import type { DueMessage } from '@mailbeam/store';
import { endExpired, giveUp, purge, storedAndWaiting } from './endings.js';
import type { PurgedPart } from './endings.js';
import { Erasures } from './erasures.js';
import type { Erased } from './erasures.js';
import { HandOut } from './hand-out.js';
import type { Outlet } from './outlet.js';
import type { MailboxHost } from './mailbox-host.js';
import { classOf } from './mailbox-meter.js';
import type { Partition } from './partition.js';
import { ReceiptBox } from './receipt-box.js';
import type { NewReceipt } from './receipt-box.js';
import type { Receipt } from './receipt.js';
import { Message, Where } from './request.js';
import type { Rejection } from './request.js';
import { lookUpResend } from './resend.js';
import type { Traces } from '../traces/traces.js';
import type { Sender } from './sender.js';
import { Unflushed } from './unflushed.js';

/** What waits in a mailbox and was not handed out; see {@link Mailbox.waiting}. */
export interface Waiting {
  /** Messages that nobody has acked, with those that were handed out, and their bytes. */
  readonly messages: number;
  readonly bytes: number;
  /** Those of them that were not handed out and are in memory. */
  readonly inMemory: number;
  /** When the router took the oldest one that was not handed out, ms since the epoch; 0 = there is none. */
  readonly oldestAt: number;
}

/** A disk is not emptied in seconds, and a sender that asks again costs a commit. */
const noRoom: Rejection = {
  code: 'unavailable',
  detail: 'the disk of the router is nearly full',
  retryAfterMs: 10_000,
};

const NO_SENDERS: readonly Sender[] = [];

/**
 * Where the entries of one user wait. It is in memory while its user is connected or something of it is not on disk yet;
 * for everybody else it lies in the store alone.
 *
 * Its messages, oldest first: in flight (in the port), read ahead (in the hand-out), and the rest in the store or among the
 * unflushed.
 */
export class Mailbox {
  readonly name: string;
  readonly partition: Partition;
  readonly unflushed = new Unflushed();
  /** Of the statistics: 0 while it has none. */
  slot = 0;
  /** Messages that nobody has acked, and their bytes: all of them while it is counted, else all that came since. */
  depth = 0;
  bytes = 0;
  /** Messages that it has taken since it is in memory. */
  taken = 0;
  /** When the newest of its unwritten messages has to join a commit, monotonic ms; 0 = none has. The commit loop's. */
  dueAt = 0;
  /** In the commit loop's list of mailboxes to erase from. */
  erasing = false;
  /** Parts of it that are in a commit under way. */
  pins = 0;
  /** Clients of this user that send, or sent something that is not settled yet. */
  senders: readonly Sender[] = NO_SENDERS;
  /** The connection, and how far it has got. */
  #handOut: HandOut | null = null;
  #receipts: ReceiptBox | null = null;
  #erasures: Erasures | null = null;
  /** Purges and logins under way: until they are on disk nothing leaves (semantics 8.4 and 5.10). */
  #blocked = 0;
  #isCounted = false;
  readonly #host: MailboxHost;

  constructor(name: string, partition: Partition, host: MailboxHost) {
    this.name = name;
    this.partition = partition;
    this.#host = host;
  }

  /** The connection or service that it hands its entries to. */
  get outlet(): Outlet | null {
    return this.#handOut === null ? null : this.#handOut.outlet;
  }

  get receipts(): ReceiptBox | null {
    return this.#receipts;
  }

  get traces(): Traces | null {
    return this.#host.traces;
  }

  get receiptsWaiting(): number {
    return this.#receipts === null ? 0 : this.#receipts.waiting;
  }

  /** True when it need not be in memory. */
  get idle(): boolean {
    return (
      this.#handOut === null &&
      this.pins === 0 &&
      this.senders.length === 0 &&
      this.#blocked === 0 &&
      !this.erasing &&
      this.unflushed.isEmpty &&
      (this.#receipts === null || this.#receipts.idle)
    );
  }

  addSender(sender: Sender): void {
    // a spread would make room for 17
    this.senders = this.senders.length === 0 ? [sender] : [...this.senders, sender];
  }

  dropSender(sender: Sender): void {
    sender.isLetGo = true;
    const rest = this.senders.filter((s) => s !== sender);
    this.senders = rest.length === 0 ? NO_SENDERS : rest;
  }

  // ---- messages in

  /** Takes a SEND: into the mailbox, or to its answer. Only {@link Mailboxes} calls it, and tells the statistics of it. */
  append(message: Message): void {
    const sender = message.sender!;
    // where something above it was written it may be a resend, also without the mark of one
    if ((message.again || message.cid <= sender.highCid) && lookUpResend(this, message, this.#host)) return;
    const refusal = this.#refusal(message);
    if (refusal !== null && !this.#host.unfoundResends.mustTake(message, this.#host.room.isTight)) {
      this.#host.rejections.reject(message, refusal, this.name);
      return;
    }
    this.#take(message);
  }

  #refusal(message: Message): Rejection | null {
    if (this.#overQuota(message.bodyBytes))
      return { code: 'mailbox_full', detail: `the mailbox of '${this.name}' is full`, retryAfterMs: 60_000 };
    return this.#host.room.isTight && !this.#needsNoDisk(message) ? noRoom : null;
  }

  #take(message: Message): void {
    const { clock, commits, commitDelayMs } = this.#host;
    const handOut = this.#handOut;
    message.key = this.partition.nextKey();
    message.ts = clock.wall;
    if (message.ttl > 0) message.expiresAt = clock.wall + message.ttl * 1000;
    const sender = message.sender!;
    if (message.cid > sender.takenCid) sender.takenCid = message.cid;
    message.held = sender.holds(this.name);
    if (message.trace !== null) message.trace.queued(classOf(this), this.depthAtMost);
    this.taken++;
    this.depth++;
    this.bytes += message.bodyBytes;
    this.unflushed.push(message);
    let waits = false;
    if (handOut !== null) {
      handOut.offer(message);
      this.pump();
      // whoever usually acks within the delay is given the time for it: then nothing has to be written
      waits = message.handedAt > 0 && handOut.ackMs < commitDelayMs && message.sender!.isPatient;
    }
    commits.due(this, waits ? clock.mono + commitDelayMs : clock.mono);
  }

  /** True when a message would leave at once, to somebody who usually acks before it had to be written. */
  #needsNoDisk({ bodyBytes, sender }: Message): boolean {
    const handOut = this.#handOut;
    if (handOut === null || this.#blocked > 0 || !sender!.isPatient || sender!.holds(this.name)) return false;
    return handOut.ackMs < this.#host.commitDelayMs && handOut.wouldHandOut(bodyBytes);
  }

  #overQuota(bodyBytes: number): boolean {
    const { store, quotaMessages, quotaBytes } = this.#host;
    const isOver = (messages: number, bytes: number): boolean =>
      this.depth + messages >= quotaMessages || this.bytes + bytes + bodyBytes > quotaBytes;
    if (!this.#isCounted) {
      // far from the quota, as nearly always, nobody has to be looked up
      const { deepest } = store;
      if (!isOver(deepest.messages, deepest.bytes)) return false;
      const most = store.countAtMost(this.name);
      if (!isOver(most.messages, most.bytes)) return false;
      this.count();
    }
    return isOver(0, 0);
  }

  /** An upper bound of {@link depth}, without a look at the disk. */
  get depthAtMost(): number {
    return this.#isCounted ? this.depth : this.depth + this.#host.store.countAtMost(this.name).messages;
  }

  /** Counts what lies on disk and in memory, unless it is counted. */
  count(): void {
    if (!this.#isCounted) this.#count();
  }

  #count(): void {
    const { messages, bytes } = this.#host.store.count(this.name);
    this.depth = messages - (this.#erasures?.onDisk ?? 0);
    this.bytes = bytes;
    for (const m of this.unflushed) {
      if (m.gone) continue;
      this.depth++;
      this.bytes += m.bodyBytes;
    }
    this.#isCounted = true;
  }

  /** True when the message `cid` of (from, origin) is in memory and not on disk (semantics 4.2). Looks at all that is. */
  hasUnflushed(from: string, origin: number, cid: number): boolean {
    for (const m of this.unflushed) if (!m.gone && m.cid === cid && m.origin === origin && m.from === from) return true;
    return false;
  }

  // ---- hand-out

  /** Gives a new connection everything that no connection has acked, oldest first (semantics 3.1). */
  attach(outlet: Outlet): void {
    const { store, clock, meter } = this.#host;
    this.#count();
    this.#handOut = new HandOut(outlet, this, store, clock, meter, this.#erasures?.ackedUpTo ?? 0, this.depth > 0);
    meter.attached(this);
    const receipts = store.receipts(this.name);
    if (receipts.length > 0 || this.#receipts !== null) (this.#receipts ??= new ReceiptBox()).load(receipts);
  }

  /** The connection is gone: what it owed is unacked again (semantics 3.7). */
  detach(inFlight: Iterable<Message | Receipt>): void {
    const { commits, clock } = this.#host;
    this.#handOut = null;
    this.#host.meter.detached(this);
    const receipts: Receipt[] = [];
    for (const entry of inFlight) {
      if (!(entry instanceof Message)) receipts.push(entry);
      else if (entry.trace !== null) entry.trace.disconnected();
    }
    this.#receipts?.takeBack(receipts, (receipt) => commits.write(this, receipt));
    if (this.unflushed.hasUnwritten) commits.due(this, clock.mono);
    for (const m of this.unflushed) m.handedAt = 0;
    commits.release(this);
  }

  /** Hands out what the connection's window has room for. */
  pump(): void {
    if (this.#handOut !== null && this.#blocked === 0) this.#handOut.pump();
  }

  /** Nothing leaves, and it stays in memory, until {@link unblock} was called as often. */
  block(): void {
    this.#blocked++;
  }

  unblock(): void {
    this.#blocked--;
    this.pump();
  }

  // ---- acks

  /**
   * The user has taken a message (semantics 2.2 and 3.4). Whoever calls it sends the receipt, and says in the end how many have
   * {@link left}.
   */
  acked(message: Message): void {
    const { commits, ledger, clock } = this.#host;
    const handOut = this.#handOut!;
    this.#uncount(message);
    if (message.trace !== null) message.trace.acked();
    handOut.ackedTs = message.ts;
    if (message.handedAt > 0) handOut.ackMs += (clock.mono - message.handedAt - handOut.ackMs) / 8;
    if (message.where === Where.UNWRITTEN) {
      message.where = Where.ELIDED;
      ledger.elide();
      message.drop();
      this.trim();
      return;
    }
    if (message.where === Where.WRITING) {
      ledger.accept();
      message.gone = true;
    }
    ledger.deliver();
    (this.#erasures ??= new Erasures()).ack(message.key, message.where === Where.STORED);
    commits.erase(this);
  }

  /** As {@link acked}, of one that is behind others that are not (semantics 11.4): it is erased by its key. */
  ackedOutOfTurn(message: Message): void {
    if (message.where === Where.UNWRITTEN) return this.acked(message);
    const { ledger } = this.#host;
    this.#uncount(message);
    if (message.trace !== null) message.trace.acked();
    if (message.where === Where.WRITING) {
      ledger.accept();
      message.gone = true;
    }
    ledger.deliver();
    (this.#erasures ??= new Erasures()).ackOutOfTurn(message.key, message.where === Where.STORED);
    this.#host.commits.erase(this);
  }

  #uncount(message: Message): void {
    this.depth--;
    this.bytes -= message.bodyBytes;
  }

  /** So many messages were acked in a row. */
  left(messages: number): void {
    if (messages > 0) this.#host.meter.left(this, messages);
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

  /** Takes out of the unflushed what is over, from the front. */
  trim(): void {
    this.unflushed.trim();
    if (this.unflushed.isEmpty) this.dueAt = 0;
  }

  // ---- receipts in

  putReceipt(receipt: NewReceipt): void {
    const { commits } = this.#host;
    this.#receipts ??= new ReceiptBox();
    const kept = this.#receipts.put(receipt, this.partition.nextKey);
    if (kept === undefined) return;
    this.pump();
    // in hand of a connection, an elided message's receipt need not touch the disk (semantics 7.6)
    if (kept.needsDisk || this.#handOut === null || kept.slot.queued === kept) {
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

  // ---- failures

  /** Everything up to this key was handed out, or acked. */
  get handedUpTo(): number {
    return Math.max(this.#handOut?.handedUpTo ?? 0, this.#erasures?.ackedUpTo ?? 0);
  }

  /** True when nobody gets the message with this key any more. */
  isOver(key: number): boolean {
    return this.#erasures !== null && this.#erasures.covers(key);
  }

  /** Ends a message on disk whose `ttl` is over, unless it is in flight: then the ack decides (semantics 8.2 and 3.7). */
  expire(message: DueMessage): void {
    if (this.isOver(message.key) || this.#handOut?.wasHandedOut(message.key) === true) return;
    this.end(message);
    this.dropOver();
  }

  /** Ends a message on disk whose `ttl` is over, and that is not in flight. */
  end(message: DueMessage | Message): void {
    endExpired(this, message, this.#host);
  }

  /** See {@link purge}. */
  purge(matches: (message: Message) => boolean, after: number): PurgedPart {
    return purge(this, matches, after, this.#host);
  }

  /** See {@link giveUp}. */
  giveUp(message: Message): void {
    giveUp(this, message, this.#host);
  }

  /** A message has ended that nobody took. */
  dropped(bodyBytes: number): void {
    this.#host.meter.dropped(this);
    // one that is not counted keeps what came: with what lies on disk that is never too little
    if (!this.#isCounted) return;
    this.depth--;
    this.bytes -= bodyBytes;
  }

  eraseOutOfTurn(key: number, isOnDisk: boolean): void {
    (this.#erasures ??= new Erasures()).fail(key, isOnDisk);
    this.#host.commits.erase(this);
  }

  /** Takes out of the read-ahead page what has ended. */
  dropOver(): void {
    this.#handOut?.dropOver();
  }

  // ---- for the admin interface and the statistics

  /** A page was read from the store, of which this one is the first: before it is only what was handed out. */
  pageBegins(first: Message): void {
    const handOut = this.#handOut!;
    const ackedUpTo = this.#erasures?.ackedUpTo ?? 0;
    const oldest = handOut.handedUpTo <= ackedUpTo ? first.ts : handOut.ackedTs;
    if (oldest > 0) this.#host.meter.oldestIs(this, oldest);
  }

  /** What waits, counted now: for somebody who looks, not for every turn. */
  waiting(): Waiting {
    this.count();
    let inMemory = this.#handOut?.inMemory ?? 0;
    if (this.#handOut === null) for (const m of this.unflushed) if (!m.gone) inMemory++;
    return { messages: this.depth, bytes: this.bytes, inMemory, oldestAt: this.oldestAt };
  }

  /** See {@link Waiting.oldestAt}: read from disk. */
  get oldestAt(): number {
    for (const { ts } of storedAndWaiting(this, this.#host.store, 0, 1)) return ts;
    const { handedUpTo } = this;
    for (const m of this.unflushed) if (!m.gone && m.key > handedUpTo) return m.ts;
    return 0;
  }

  // ---- commits

  /** True when a message is not written that has waited for its ack as long as it may. @param mono now, monotonic ms */
  isDue(mono: number): boolean {
    const first = this.unflushed.firstUnwritten;
    return first !== null && first.handedAt + this.#host.commitDelayMs <= mono;
  }

  /** Gives every unwritten message to a commit that is being built; false when there is none. */
  writeUnwritten(commit: { append(mailbox: Mailbox, message: Message): void }): boolean {
    this.dueAt = 0;
    if (!this.unflushed.hasUnwritten) return false;
    this.pins++;
    this.unflushed.write((message) => commit.append(this, message));
    return true;
  }

  /** The commit that took its unwritten messages is on disk. */
  wrote(): void {
    this.unflushed.written((m) => {
      if (m.gone) this.#erasures!.onDisk++;
      else this.#host.ledger.accept();
      if (m.trace !== null) m.trace.written(this.name, m.key);
      m.sender?.accept(m);
    });
    this.pins--;
    if (this.#handOut?.flushed() === true) this.pump();
  }

  /** Gives what is to be erased to a commit that is being built. */
  takeErasures(): { readonly upTo: number } & Erased {
    this.erasing = false;
    this.pins++;
    const erasures = this.#erasures!;
    return { upTo: erasures.ackedUpTo, ...erasures.take() };
  }

  /** A commit that erased so much is on disk. */
  erased(erased: Erased): void {
    this.#erasures!.done(erased);
    this.pins--;
  }

  /** A commit with this receipt is on disk. */
  receiptWritten(receipt: Receipt): void {
    this.pins--;
    if (receipt.where === Where.WRITING) receipt.where = Where.STORED;
    receipt.kept();
    if (this.#handOut === null) this.#receipts!.forget(receipt);
    else if (receipt.kind === 3) this.pump();
  }

  receiptErased(receipt: Receipt): void {
    this.pins--;
    this.#receipts!.erased(receipt.slot);
  }
}
