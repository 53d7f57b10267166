import type { FrameWriter } from '@mailbeam/protocol';
import type { SenderRecord, StoredRejection } from '@mailbeam/store';
import type { FixedHistogram } from '@mailbeam/telemetry';
import type { Mailbox } from './mailbox.js';
import { Answer } from './request.js';
import type { Rejection, Request } from './request.js';

const NO_REQUESTS: Request[] = [];
const NO_REJECTIONS: SenderRecord['rejections'] = [];

/** Who hears that an answer is due: a port, or a service. */
export interface AnswerTaker {
  touch(): void;
}

interface KeptRejection extends StoredRejection {
  /** How many requests of this sender came before it, resends not counted. */
  readonly ordinal: number;
}

/**
 * One `client` of a user as a sender: its origin, its requests in `cid` order, what it has been answered and how much of
 * that a crash can no longer undo. Outlives its connection until nothing of it is unsettled.
 */
export class Sender {
  readonly user: string;
  /** The sender's own mailbox, where its receipts wait. */
  readonly home: Mailbox;
  /** '' for a client that gave no name: nothing is kept for it beyond the connection but its origin. */
  readonly client: string;
  readonly origin: number;
  /** Who waits for its answers. */
  port: AnswerTaker | null = null;
  /** False for a service: what it sends is written at once, also where it could soon be acked. */
  isPatient = true;
  /** False until its origin is on disk: nobody is welcomed under it before (semantics 5.9). */
  known = true;
  /** Every cid up to it is settled; never runs ahead (semantics 2.7). */
  lastCid: number;
  /** The `lastCid` that the store knows, or will with a commit that was built. */
  #recordedLastCid: number;
  #recordedUsedAt: number;
  /** The highest cid of which anything was ever written. */
  highCid: number;
  /** The highest cid that a mailbox has taken since it is in memory: what is in memory of it alone is not above. */
  takenCid = 0;
  /** The lowest cid that was first sent to this node, not resent; 0 = its origin is of this node; Infinity = none yet. */
  knownFrom = Infinity;
  usedAt: number;
  /** Recipients to whom nothing more leaves before that commit is on disk (semantics 2.6). */
  #held: Map<string, number> | null = null;
  /** True while a commit with its record is under way: the store does not know yet what this object knows. */
  inCommit = false;
  /** The last commit that carries this sender's record. */
  recordedIn = 0;
  /**
   * The store knows all of it and it has left memory. A receipt on its way may still name it; its client may have come back by then, under
   * another object that knows more: nothing of this one is written any more.
   */
  isLetGo = false;
  #rejections: KeptRejection[] | null = null;
  #requests: Request[] = NO_REQUESTS;
  #answered = 0;
  /** Of those behind `#answered`, how many are resends. */
  #resends = 0;
  #settled = 0;
  #ordinal = 0;
  readonly #sendWindow: number;

  constructor(home: Mailbox, client: string, record: SenderRecord, sendWindow: number) {
    this.user = home.name;
    this.home = home;
    this.client = client;
    this.origin = record.origin;
    this.lastCid = record.lastCid;
    this.#recordedLastCid = record.lastCid;
    this.highCid = record.highCid;
    this.usedAt = record.usedAt;
    this.#recordedUsedAt = record.usedAt;
    if (record.rejections.length > 0) this.#rejections = record.rejections.map((r) => ({ ...r, ordinal: 0 }));
    this.#sendWindow = sendWindow;
  }

  /** SENDs and READs that have no answer on the wire yet. */
  get unanswered(): number {
    return this.#requests.length - this.#answered;
  }

  /**
   * Those of them that take a place in the client's `sendWindow`. Resends take none: the client may know already what became of one, by a receipt of
   * kind 3 that has overtaken its answer, or from the connection before, and have given its place to another (semantics 9.4).
   */
  get inWindow(): number {
    return this.unanswered - this.#resends;
  }

  /** True when everything it sent is on disk, and the store knows all that it knows. */
  get isFlushed(): boolean {
    return !this.inCommit && this.#settled === this.#requests.length;
  }

  /** Requests that a crash could still undo, but for those in the commit under way. */
  get unsettled(): number {
    return this.#requests.length - this.#settled;
  }

  add(request: Request): void {
    if (request.again) this.#resends++;
    else {
      this.#ordinal++;
      if (request.cid < this.knownFrom) this.knownFrom = request.cid;
    }
    if (this.#requests === NO_REQUESTS) this.#requests = [request];
    else this.#requests.push(request);
  }

  /** True when this node knows whatever became of `cid`: none before it can have taken it (semantics 4.9). A sender that comes back into memory has forgotten. */
  knows(cid: number): boolean {
    return cid >= this.knownFrom;
  }

  /** Marks a request as accepted; the caller sees to it that the port flushes. */
  accept(request: Request): void {
    if (request.answer !== Answer.NONE) return;
    request.answer = Answer.ACCEPTED;
    this.port?.touch();
  }

  /** Marks a request as rejected; where `kept`, a resend will get the same answer. */
  reject(request: Request, rejection: Rejection): void {
    if (request.answer !== Answer.NONE) return;
    request.rejection = rejection;
    request.answer = Answer.REJECTED;
    this.port?.touch();
  }

  /**
   * Remembers a rejection, those among the last `2 * sendWindow` requests (semantics 4.5). A client has at most `sendWindow` to
   * resend; twice that forgives one that sent a few too many.
   */
  keep(cid: number, rejection: Rejection): void {
    if (this.rejectionOf(cid) !== undefined) return;
    const { code, detail, retryAfterMs } = rejection;
    const most = 2 * this.#sendWindow;
    const kept = (this.#rejections ??= []);
    while (kept.length >= most || (kept.length > 0 && kept[0]!.ordinal <= this.#ordinal - most)) kept.shift();
    kept.push({ cid, code, detail, retryAfterMs, ordinal: this.#ordinal });
    if (cid > this.highCid) this.highCid = cid;
  }

  /** The rejection that `cid` got, if it is still remembered. */
  rejectionOf(cid: number): Rejection | undefined {
    // resends come by the thousand, one above the other: nothing above `highCid` was rejected
    if (this.#rejections === null || cid > this.highCid) return undefined;
    return this.#rejections.find((r) => r.cid === cid) as Rejection | undefined;
  }

  /**
   * Writes every answer that is due, cumulative, in cid order (semantics 2.5).
   * @param seconds takes how long each message has waited for its ACCEPTED since its mailbox has it
   */
  writeAnswers(writer: FrameWriter, now: number, seconds?: FixedHistogram): void {
    const requests = this.#requests;
    let i = this.#answered;
    let upTo = 0;
    // those that came in one turn have waited as long: they are from `first` up to here
    let ts = 0;
    let first = i;
    for (; i < requests.length; i++) {
      const request = requests[i]!;
      if (request.answer === Answer.NONE) break;
      if (request.again) this.#resends--;
      if (request.trace !== null) request.trace.answered(codeOf(request));
      if (request.answer === Answer.ACCEPTED) {
        upTo = request.cid;
        if (seconds === undefined || request.ts === ts) continue;
        if (ts > 0) seconds.observe(Math.max(0, now - ts) / 1_000, i - first);
        ts = request.ts;
        first = i;
        continue;
      }
      if (ts > 0) seconds!.observe(Math.max(0, now - ts) / 1_000, i - first);
      ts = 0;
      if (upTo > 0) writer.accepted(upTo, now);
      upTo = 0;
      const { code, detail, retryAfterMs } = request.rejection!;
      writer.rejected(request.cid, code, detail, retryAfterMs);
    }
    if (upTo > 0) writer.accepted(upTo, now);
    if (ts > 0) seconds!.observe(Math.max(0, now - ts) / 1_000, i - first);
    this.#answered = i;
    this.#compact();
  }

  /** Takes every answer that is due, in cid order, without a wire; calls back for each rejection. */
  takeAnswers(rejected: (request: Request) => void): void {
    const requests = this.#requests;
    let i = this.#answered;
    for (; i < requests.length; i++) {
      const request = requests[i]!;
      if (request.answer === Answer.NONE) break;
      if (request.again) this.#resends--;
      if (request.trace !== null) request.trace.answered(codeOf(request));
      if (request.answer === Answer.REJECTED) rejected(request);
    }
    this.#answered = i;
    this.#compact();
  }

  /** True when the next answer is due. */
  get hasAnswer(): boolean {
    const next = this.#requests[this.#answered];
    return next !== undefined && next.answer !== Answer.NONE;
  }

  /** Nothing later of this sender leaves to `peer` before commit number `commit` is on disk. */
  hold(peer: string, commit: number): void {
    (this.#held ??= new Map()).set(peer, commit);
  }

  holds(peer: string): boolean {
    return this.#held !== null && this.#held.has(peer);
  }

  /** Commit number `commit` is on disk; returns the peers to whom messages may leave again. */
  release(commit: number): string[] {
    const released: string[] = [];
    for (const [peer, held] of this.#held ?? []) if (held <= commit) released.push(peer);
    for (const peer of released) this.#held!.delete(peer);
    if (this.#held?.size === 0) this.#held = null;
    return released;
  }

  /** Moves `lastCid` past everything that is settled (semantics 2.7). */
  settle(): void {
    const requests = this.#requests;
    let i = this.#settled;
    while (i < requests.length && requests[i]!.settled) i++;
    if (i > this.#settled) {
      const cid = requests[i - 1]!.cid;
      if (cid > this.lastCid) this.lastCid = cid;
      this.#settled = i;
      this.#compact();
    }
  }

  /** No connection waits for answers any more. */
  forget(): void {
    this.port = null;
    for (let i = this.#answered; i < this.#requests.length; i++) this.#requests[i]!.trace?.forgotten();
    this.#answered = this.#requests.length;
    this.#resends = 0;
    this.#compact();
  }

  /** True when the store does not know how far it is settled (then a resend would be taken for a new message), or when it was used last. */
  get isUnrecorded(): boolean {
    return this.client !== '' && (this.#recordedLastCid < this.lastCid || this.#recordedUsedAt < this.usedAt);
  }

  record(): SenderRecord {
    this.#recordedLastCid = this.lastCid;
    this.#recordedUsedAt = this.usedAt;
    return {
      origin: this.origin,
      lastCid: this.lastCid,
      highCid: this.highCid,
      usedAt: this.usedAt,
      rejections: this.#rejections?.map(({ ordinal: _, ...rejection }) => rejection) ?? NO_REJECTIONS,
    };
  }

  #compact(): void {
    const done = Math.min(this.#answered, this.#settled);
    if (done === 0) return;
    if (done === this.#requests.length) this.#requests = NO_REQUESTS;
    else if (done >= 128 && done * 2 >= this.#requests.length) this.#requests = this.#requests.slice(done);
    else return;
    this.#answered -= done;
    this.#settled -= done;
  }
}

/** With which it was rejected; '' where it was accepted. */
function codeOf({ rejection }: Request): string {
  return rejection === null ? '' : rejection.code;
}
