import { shownAs } from '@mailbeam/actors';
import { Op } from '@mailbeam/protocol';
import type { NameKind, RejectCode } from '@mailbeam/protocol';
import type { SendFrame, ReadFrame } from '@mailbeam/handler';
import type { PendingMessage } from '@mailbeam/store';
import type { MessageTrace } from '../traces/message-trace.js';
import type { Sender } from './sender.js';

/** What a SEND or READ has been answered. */
export const Answer = { NONE: 0, ACCEPTED: 1, REJECTED: 2 } as const;
export type Answer = (typeof Answer)[keyof typeof Answer];

/** Where a message is: only in memory, in a commit under way, on disk, or acked before it had to be written. */
export const Where = { UNWRITTEN: 0, WRITING: 1, STORED: 2, ELIDED: 3 } as const;
export type Where = (typeof Where)[keyof typeof Where];

/** Why a request was rejected, as REJECTED says it. */
export interface Rejection {
  readonly code: RejectCode;
  readonly detail: string;
  /** 0 = none. */
  readonly retryAfterMs: number;
}

/** A numbered request of a client, SEND or READ: answered in `cid` order, once. */
export abstract class Request {
  readonly cid: number;
  readonly again: boolean;
  /** Who is told; null for a message that was read back from the store. */
  sender: Sender | null = null;
  answer: Answer = Answer.NONE;
  rejection: Rejection | null = null;
  /** When the router took it, ms since the epoch: a message's, 0 before that and for a READ. */
  ts = 0;
  /** True once a crash can no longer lose it or its answer: then `lastCid` may move past it (semantics 2.7 and 2.8). */
  settled = false;
  /** The next request that the same receipt settles. */
  next: Request | null = null;
  /** Of a message that was sampled. The others have none of their own: see below. */
  declare trace: MessageTrace | null;

  constructor(cid: number, again: boolean) {
    this.cid = cid;
    this.again = again;
  }
}

// A constant of the prototype, which the compiler folds: while nobody traces, `trace !== null` is no code and the field no bytes.
Request.prototype.trace = null;

const NO_BYTES = new Uint8Array(0);

/** A message on its way: first the SEND in the port, then an entry of its recipient's mailbox. */
export class Message extends Request implements PendingMessage, SendFrame {
  readonly op = Op.SEND;
  to: string;
  toKind: NameKind;
  readonly ttl: number;
  from = '';
  origin = 0;
  key = 0;
  expiresAt = 0;
  bytes: Uint8Array;
  bodyStart: number;
  bodyEnd: number;
  where: Where = Where.UNWRITTEN;
  /** Acked, failed or purged: nobody gets it any more. */
  gone = false;
  /** Nothing of this pair leaves before the sender's rejection of an earlier one is on disk (semantics 2.6). */
  held = false;
  /** The next message of its mailbox that is not on disk. */
  nextUnflushed: Message | null = null;
  /** Monotonic ms at which it was handed out; 0 = not. */
  handedAt = 0;

  constructor(
    cid: number,
    again: boolean,
    to: string,
    toKind: NameKind,
    ttl: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ) {
    super(cid, again);
    this.to = to;
    this.toKind = toKind;
    this.ttl = ttl;
    this.bytes = bytes;
    this.bodyStart = start;
    this.bodyEnd = end;
  }

  get bodyBytes(): number {
    return this.bodyEnd - this.bodyStart;
  }

  /** For traces and reports: what its sender wrote, without the router's book-keeping. */
  [shownAs](): object {
    const { op, cid, from, to, ttl } = this;
    return { op, cid, from, to, ttl, body: this.bytes.subarray(this.bodyStart, this.bodyEnd) };
  }

  /** Goes to someone else, or with another body: before anybody has taken it. */
  alter(to: string, toKind: NameKind, body: Uint8Array): void {
    this.to = to;
    this.toKind = toKind;
    this.bytes = body;
    this.bodyStart = 0;
    this.bodyEnd = body.length;
  }

  /** Lets go of the body: nothing will be handed out or written any more. */
  drop(): void {
    this.gone = true;
    this.bytes = NO_BYTES;
    this.bodyStart = 0;
    this.bodyEnd = 0;
  }

  /** The entry of a message that lies in the store. */
  static stored(user: string, p: PendingMessage): Message {
    const m = new Message(p.cid, false, user, 1, -1, p.bytes, p.bodyStart, p.bodyEnd);
    m.from = p.from;
    m.origin = p.origin;
    m.key = p.key;
    m.ts = p.ts;
    m.expiresAt = p.expiresAt;
    m.where = Where.STORED;
    m.answer = Answer.ACCEPTED;
    m.settled = true;
    return m;
  }
}

/** A READ on its way: it becomes a receipt of kind 2 in its peer's mailbox. */
export class ReadRequest extends Request implements ReadFrame {
  readonly op = Op.READ;
  readonly bodyBytes = 0;
  readonly peer: string;
  readonly readOrigin: number;
  readonly upTo: number;

  constructor(cid: number, again: boolean, peer: string, readOrigin: number, upTo: number) {
    super(cid, again);
    this.peer = peer;
    this.readOrigin = readOrigin;
    this.upTo = upTo;
  }
}
