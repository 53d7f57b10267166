import type { Batch, MailboxStore } from '@mailbeam/store';
import type { Clock } from '../clock.js';
import { Fifo } from '../fifo.js';
import type { Ledger } from '../ledger.js';
import type { Erased } from '../mailbox/erasures.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import type { Receipt } from '../mailbox/receipt.js';
import { Where } from '../mailbox/request.js';
import type { Message, Rejection, Request } from '../mailbox/request.js';
import type { Sender } from '../mailbox/sender.js';

/** What the commit loop asks of its node. */
export interface CommitHost {
  readonly store: MailboxStore;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly commitDelayMs: number;
  /** How long erasures, and receipts that no answer waits for, wait for company and for acks. */
  readonly eraseDelayMs: number;
  /** Asks for a turn soon. */
  wake(): void;
  /** Something of this mailbox was flushed or let go: it may leave memory. */
  release(mailbox: Mailbox): void;
  /** The same for a sender. */
  releaseSender(sender: Sender): void;
  mailbox(name: string): Mailbox | undefined;
  /** A commit is on disk; it was begun at `startedAt`, monotonic ms. */
  committed(startedAt: number, messages: number): void;
  /** A commit failed and will be tried again in `retryMs`. */
  failed(error: unknown, retryMs: number): void;
}

interface PendingRejection {
  readonly request: Request;
  readonly rejection: Rejection;
}

/** What one commit carries, kept until it is on disk. */
interface Commit {
  readonly number: number;
  readonly batch: Batch;
  readonly startedAt: number;
  readonly wrote: Mailbox[];
  readonly erased: ({ readonly mailbox: Mailbox } & Erased)[];
  readonly receipts: { readonly mailbox: Mailbox; readonly receipt: Receipt }[];
  readonly erasedReceipts: { readonly mailbox: Mailbox; readonly receipt: Receipt }[];
  readonly rejections: PendingRejection[];
  readonly senders: Sender[];
  readonly callbacks: (() => void)[];
  messages: number;
  /** When it is tried again after a failure, monotonic ms; 0 = it is being written. */
  retryAt: number;
  retryMs: number;
}

/** A mailbox's `dueAt` when all that it has joins the next commit. */
const NOW = -1;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/**
 * The one group commit of a node. Messages that wait for an ack join it when their delay is over; everything else that is
 * due joins the next one. Every commit carries all erasures and all receipts that need the disk, so that a crash never
 * parts a message's erasure from its receipt (semantics 3.5). One commit is under way at a time: what arrives meanwhile is the
 * next one.
 */
export class CommitLoop {
  readonly #host: CommitHost;
  #now: Mailbox[] = [];
  #later = new Fifo<Mailbox>();
  #laterAt = new Fifo<number>();
  #erasing: Mailbox[] = [];
  #receipts: { mailbox: Mailbox; receipt: Receipt }[] = [];
  #erasedReceipts: { mailbox: Mailbox; receipt: Receipt }[] = [];
  #rejections: PendingRejection[] = [];
  #records: Sender[] = [];
  #origins: { user: string; origin: number }[] = [];
  #callbacks: (() => void)[] = [];
  /** When the erasures and receipts that nobody waits for have to go, monotonic ms; Infinity = there are none. */
  #lazyAt = Infinity;
  #urgent = false;
  #current: Commit | null = null;
  #commit: Commit | null = null;
  #number = 1;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Infinity;
  #closed = false;
  /** Commits flushed, and the messages in them. */
  commits = 0;
  messages = 0;

  constructor(host: CommitHost) {
    this.#host = host;
  }

  /** Number of the next commit. */
  get number(): number {
    return this.#number;
  }

  get underWay(): boolean {
    return this.#commit !== null;
  }

  /** The unwritten messages of `mailbox` join the next commit after `at`. */
  due(mailbox: Mailbox, at: number): void {
    if (mailbox.dueAt === NOW || mailbox.dueAt === at) return;
    if (at <= this.#host.clock.mono) {
      mailbox.dueAt = NOW;
      this.#now.push(mailbox);
      return;
    }
    // each turn has an entry of its own: what was first may be acked by then, and what came after it has its whole time
    mailbox.dueAt = at;
    this.#later.push(mailbox);
    this.#laterAt.push(at);
  }

  /** The mailbox has messages to erase. */
  erase(mailbox: Mailbox): void {
    this.#lazy(this.#host.eraseDelayMs);
    if (mailbox.erasing) return;
    mailbox.erasing = true;
    this.#erasing.push(mailbox);
  }

  /** The receipt is written unless it is acked before. */
  write(mailbox: Mailbox, receipt: Receipt): void {
    this.#receipts.push({ mailbox, receipt });
    this.#lazy(receipt.requests === null && receipt.kind !== 3 ? this.#host.eraseDelayMs : this.#host.commitDelayMs);
  }

  eraseReceipt(mailbox: Mailbox, receipt: Receipt): void {
    this.#erasedReceipts.push({ mailbox, receipt });
    this.#lazy(this.#host.eraseDelayMs);
  }

  /** Rejects a request once that is on disk; until then nothing later of it leaves to `peer` (semantics 2.6). */
  reject(request: Request, rejection: Rejection, peer: string): void {
    const sender = request.sender!;
    sender.keep(request.cid, rejection);
    sender.hold(peer, this.#number);
    this.#rejections.push({ request, rejection });
    this.#urgent = true;
  }

  /** Nothing later of `sender` leaves to `peer` before the next commit. */
  hold(sender: Sender, peer: string): void {
    sender.hold(peer, this.#number);
    this.#records.push(sender);
    this.#urgent = true;
  }

  /** Writes a sender's record with the next commit. */
  record(sender: Sender): void {
    this.#records.push(sender);
    this.#urgent = true;
  }

  /** The same, but nobody waits for it. */
  recordLazily(sender: Sender): void {
    this.#records.push(sender);
    this.#lazy(this.#host.eraseDelayMs);
  }

  useOrigin(user: string, origin: number): void {
    this.#origins.push({ user, origin });
    this.#urgent = true;
  }

  /** Calls back when everything that was recorded so far is on disk. */
  whenFlushed(callback: () => void): void {
    this.#callbacks.push(callback);
    this.#urgent = true;
  }

  /** As {@link whenFlushed}, for an answer. */
  answerWhenFlushed(callback: () => void): void {
    this.whenFlushed(callback);
  }

  release(mailbox: Mailbox): void {
    this.#host.release(mailbox);
  }

  /** Makes every message that waits for an ack due: before a drain. */
  hurry(): void {
    let mailbox = this.#later.shift();
    while (mailbox !== undefined) {
      this.#laterAt.shift();
      if (mailbox.dueAt !== 0) this.#now.push(mailbox);
      mailbox = this.#later.shift();
    }
    if (this.#lazyAt !== Infinity) this.#urgent = true;
  }

  /** True when nothing waits for a commit. */
  get clean(): boolean {
    return (
      this.#commit === null &&
      !this.#urgent &&
      this.#now.length === 0 &&
      this.#later.length === 0 &&
      this.#lazyAt === Infinity
    );
  }

  /** Starts a commit if one is due and none is under way; the node calls it at the end of every turn. */
  poll(): void {
    const { mono } = this.#host.clock;
    let at = this.#laterAt.peek();
    while (at !== undefined && at <= mono) {
      this.#laterAt.shift();
      const mailbox = this.#later.shift()!;
      if (mailbox.dueAt !== NOW && mailbox.isDue(mono)) {
        mailbox.dueAt = NOW;
        this.#now.push(mailbox);
      }
      at = this.#laterAt.peek();
    }
    if (this.#closed) return;
    if (this.#commit !== null) {
      this.#retry(this.#commit);
      return;
    }
    if (this.#urgent || this.#now.length > 0 || this.#lazyAt <= mono) this.#start();
    else this.#arm(Math.min(at ?? Infinity, this.#lazyAt));
  }

  #release(mailboxes: Iterable<Mailbox>): void {
    for (const mailbox of mailboxes) this.#host.release(mailbox);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #lazy(delayMs: number): void {
    const at = this.#host.clock.mono + delayMs;
    if (at < this.#lazyAt) this.#lazyAt = at;
  }

  #arm(at: number): void {
    if (at === Infinity || at >= this.#timerAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#timerAt = Infinity;
        this.#host.wake();
      },
      Math.max(1, at - this.#host.clock.mono),
    );
  }

  // ---- building

  #start(): void {
    const { store, clock } = this.#host;
    const number = this.#number++;
    const commit: Commit = {
      number,
      batch: store.begin(),
      startedAt: clock.mono,
      wrote: [],
      erased: [],
      receipts: [],
      erasedReceipts: this.#erasedReceipts,
      rejections: this.#rejections,
      senders: [],
      callbacks: this.#callbacks,
      messages: 0,
      retryAt: 0,
      retryMs: RETRY_MIN_MS,
    };
    this.#current = commit;
    this.#erasedReceipts = [];
    this.#rejections = [];
    this.#callbacks = [];
    this.#urgent = false;
    this.#lazyAt = Infinity;
    this.#addMessages(commit);
    this.#addErasures(commit);
    this.#addReceipts(commit);
    this.#addSenders(commit);
    this.#current = null;
    if (commit.batch.size === 0) {
      this.#settle(commit);
      return;
    }
    commit.batch.setLedger(this.#host.ledger.durable());
    this.#commit = commit;
    this.#flush(commit);
  }

  #addMessages(commit: Commit): void {
    const due = this.#now;
    this.#now = [];
    for (const mailbox of due) if (mailbox.writeUnwritten(this)) commit.wrote.push(mailbox);
    this.#host.ledger.wrote(commit.messages);
  }

  /** A message joins the commit that is being built; its mailbox calls it. */
  append(mailbox: Mailbox, message: Message): void {
    const commit = this.#current!;
    commit.batch.append(mailbox.name, message);
    commit.messages++;
    if (message.trace !== null) message.trace.writing();
    const { sender } = message;
    if (sender === null) return;
    if (message.cid > sender.highCid) sender.highCid = message.cid;
    this.#addSender(commit, sender);
  }

  #addErasures(commit: Commit): void {
    const { batch } = commit;
    const erasing = this.#erasing;
    this.#erasing = [];
    for (const mailbox of erasing) {
      const { name } = mailbox;
      const { upTo, acked, ackedKeys, failedKeys } = mailbox.takeErasures();
      if (acked > 0) {
        batch.eraseUpTo(name, upTo);
        this.#host.ledger.erasedDelivered(acked);
      }
      if (ackedKeys !== null) {
        for (const key of ackedKeys) batch.erase(name, key);
        this.#host.ledger.erasedDelivered(ackedKeys.length);
      }
      if (failedKeys !== null) {
        for (const key of failedKeys) batch.erase(name, key);
        this.#host.ledger.erasedFailed(failedKeys.length);
      }
      commit.erased.push({ mailbox, acked, ackedKeys, failedKeys });
    }
  }

  #addReceipts(commit: Commit): void {
    const { batch } = commit;
    for (const { mailbox, receipt } of commit.erasedReceipts) {
      batch.eraseReceipt(mailbox.name, receipt.peer, receipt.kind, receipt.origin, receipt.cid);
      mailbox.pins++;
    }
    const waiting = this.#receipts;
    this.#receipts = [];
    for (const entry of waiting) {
      const { mailbox, receipt } = entry;
      if (receipt.gone || receipt.where !== Where.UNWRITTEN) continue;
      if (receipt.slot.isKnown(receipt.cid)) {
        receipt.kept();
        continue;
      }
      batch.putReceipt(mailbox.name, receipt);
      receipt.where = Where.WRITING;
      if (receipt.cid > receipt.slot.storedCid) receipt.slot.storedCid = receipt.cid;
      receipt.settleRequests();
      for (let r = receipt.requests; r !== null; r = r.next) if (r.sender !== null) this.#addSender(commit, r.sender);
      mailbox.pins++;
      commit.receipts.push(entry);
    }
  }

  #addSenders(commit: Commit): void {
    const { batch } = commit;
    for (const { request } of commit.rejections) {
      request.settled = true;
      this.#addSender(commit, request.sender!);
    }
    for (const sender of this.#records) this.#addSender(commit, sender);
    this.#records = [];
    for (const { user, origin } of this.#origins) batch.useOrigin(user, origin);
    this.#origins = [];
    for (const sender of commit.senders) {
      sender.settle();
      if (sender.client !== '') batch.putSender(sender.user, sender.client, sender.record());
    }
  }

  #addSender(commit: Commit, sender: Sender): void {
    if (sender.recordedIn === commit.number || sender.isLetGo) return;
    sender.recordedIn = commit.number;
    sender.inCommit = true;
    commit.senders.push(sender);
  }

  // ---- flushing

  #flush(commit: Commit): void {
    commit.retryAt = 0;
    this.#host.store.commit(commit.batch).then(
      () => this.#flushed(commit),
      (error: unknown) => {
        // what was handed out is never taken back (semantics 3.6): the same commit is tried until it is on disk (2.9)
        this.#host.failed(error, commit.retryMs);
        commit.retryAt = this.#host.clock.mono + commit.retryMs;
        commit.retryMs = Math.min(commit.retryMs * 2, RETRY_MAX_MS);
        this.#arm(commit.retryAt);
      },
    );
  }

  #retry(commit: Commit): void {
    if (commit.retryAt === 0) return;
    if (commit.retryAt <= this.#host.clock.mono) this.#flush(commit);
    else this.#arm(commit.retryAt);
  }

  #flushed(commit: Commit): void {
    this.#commit = null;
    this.commits++;
    this.messages += commit.messages;
    this.#settle(commit);
    this.#host.wake();
    this.#host.committed(commit.startedAt, commit.messages);
  }

  #settle(commit: Commit): void {
    const { wrote, erased, receipts, erasedReceipts, rejections, senders, callbacks } = commit;
    for (const mailbox of wrote) mailbox.wrote();
    for (const { mailbox, ...part } of erased) mailbox.erased(part);
    for (const { mailbox, receipt } of receipts) mailbox.receiptWritten(receipt);
    for (const { mailbox, receipt } of erasedReceipts) mailbox.receiptErased(receipt);
    for (const { request, rejection } of rejections) request.sender!.reject(request, rejection);
    for (const sender of senders) {
      sender.inCommit = false;
      for (const peer of sender.release(commit.number)) this.#host.mailbox(peer)?.pump();
    }
    for (const callback of callbacks) callback();
    this.#release(wrote);
    this.#release(erased.map((e) => e.mailbox));
    this.#release(new Set([...receipts, ...erasedReceipts].map((e) => e.mailbox)));
    for (const sender of senders) this.#host.releaseSender(sender);
  }
}
