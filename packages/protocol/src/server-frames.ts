import { BAD, STOP, frameError } from './frame-error.js';
import type { FrameError } from './frame-error.js';
import { defaultWelcomeLimits } from './limits.js';
import type { WelcomeLimits } from './limits.js';
import { NameCache } from './names.js';
import { FIRST_IGNORED_OP, Op, ReceiptKind } from './op.js';
import { Scanner } from './scanner.js';

/**
 * What a client does with a router's frames, one method a frame (protocol, "From the router"). A method that returns false
 * stops the reading, as after a close. `...Start` and `...End` are offsets into the bytes given to the reader: what
 * lies there is valid only while they are. Codes are plain strings: a later router may know more of them.
 */
export interface ServerFrameVisitor {
  /** WELCOME. A limit that the router left out has its default. `now` in milliseconds. */
  welcome(
    user: string,
    session: string,
    origin: number,
    lastCid: number,
    pending: number,
    limits: WelcomeLimits,
    now: number,
  ): void | false;
  /** ACCEPTED. */
  accepted(cid: number, ts: number): void | false;
  /** REJECTED. `retryAfterMs` is -1 where left out. */
  rejected(cid: number, code: string, detail: string, retryAfterMs: number): void | false;
  /** DELIVER. `group` is '' where the message came through none. */
  deliver(
    seq: number,
    from: string,
    origin: number,
    cid: number,
    ts: number,
    bodyStart: number,
    bodyEnd: number,
    group: string,
  ): void | false;
  /** RECEIPT. `code` is '' and `upTo` 0 where they are left out. */
  receipt(
    seq: number,
    peer: string,
    kind: ReceiptKind,
    origin: number,
    cid: number,
    ts: number,
    code: string,
    upTo: number,
  ): void | false;
  /** SIGNAL. */
  signal(peer: string, bodyStart: number, bodyEnd: number): void | false;
  /** PRESENCE. */
  presence(user: string, online: boolean, ts: number): void | false;
  /** REPLY. The bytes of the result have been checked, `decodeAny` decodes them. */
  reply(rid: number, ok: boolean, resultStart: number, resultEnd: number): void | false;
  /** ERROR. */
  error(code: string, detail: string): void | false;
  /** GOODBYE. `location` is '' where left out. */
  goodbye(reason: string, retryAfterMs: number, location: string): void | false;
}

const scan = new Scanner();

let ownNames: NameCache | undefined;

/**
 * Reads all frames of one WebSocket message in order and calls the visitor for each. Returns undefined, or what is
 * wrong with the first bad frame; the frames before it have been visited. What the visitor throws goes through.
 * May be called again from within a visitor's method.
 * @param names cache of the names read; without it one of 1,024 names is shared by all calls
 */
export function readServerFrames(
  bytes: Uint8Array,
  visitor: ServerFrameVisitor,
  names: NameCache = (ownNames ??= new NameCache(1024)),
): FrameError | undefined {
  const end = bytes.length;
  let start = 0;
  while (start < end) {
    scan.open(bytes, start, end);
    const fields = scan.array() - 1;
    const op = fields < 0 ? noOp() : scan.uint();
    if (op < 0) return frameError(scan, -1, start);
    const next = readFrame(op, fields, visitor, names);
    if (next < 0) return next === STOP ? undefined : frameError(scan, op, start);
    start = next;
  }
  return undefined;
}

function noOp(): -1 {
  return scan.fault === '' ? scan.refuse('a frame without an op') : -1;
}

/** Reads one frame behind its op and returns where it ends, STOP or BAD; so does every `read...` below. */
function readFrame(op: number, fields: number, visitor: ServerFrameVisitor, names: NameCache): number {
  switch (op) {
    case Op.DELIVER:
      return readDeliver(fields, visitor, names);
    case Op.ACCEPTED:
      return readAccepted(fields, visitor);
    case Op.RECEIPT:
      return readReceipt(fields, visitor, names);
    case Op.REJECTED:
      return readRejected(fields, visitor);
    case Op.SIGNAL:
      return readSignal(fields, visitor, names);
    case Op.PRESENCE:
      return readPresence(fields, visitor, names);
    case Op.REPLY:
      return readReply(fields, visitor);
    case Op.WELCOME:
      return readWelcome(fields, visitor);
    case Op.ERROR:
      return readError(fields, visitor);
    case Op.GOODBYE:
      return readGoodbye(fields, visitor);
    default:
      if (op < FIRST_IGNORED_OP) return bad('not an op that a router sends');
      return scan.skip(fields) ? scan.at : BAD;
  }
}

function bad(fault: string): number {
  scan.refuse(fault);
  return BAD;
}

function missing(): number {
  return bad('a field is missing');
}

/** Where the next frame begins, unless the visitor has had enough. `scan` may have been used anew by the visitor. */
function next(answer: void | false, end: number): number {
  return answer === false ? STOP : end;
}

// [6, seq, from, origin, cid, ts, body, {group?}?]
function readDeliver(fields: number, visitor: ServerFrameVisitor, names: NameCache): number {
  if (fields < 6) return missing();
  const seq = scan.uint();
  if (seq < 0) return BAD;
  const from = scan.name(names);
  if (from === undefined) return BAD;
  const origin = scan.uint();
  if (origin < 0) return BAD;
  const cid = scan.uint();
  if (cid < 0) return BAD;
  const ts = scan.uint();
  if (ts < 0) return BAD;
  const length = scan.bin();
  if (length < 0) return BAD;
  const start = scan.at;
  const end = start + length;
  scan.at = end;
  if (fields === 6) return next(visitor.deliver(seq, from, origin, cid, ts, start, end, ''), end);
  const group = readDeliverOpts(names);
  if (group === undefined || !scan.skip(fields - 7)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.deliver(seq, from, origin, cid, ts, start, end, group), frameEnd);
}

/** The group, '' where left out, undefined where the opts are bad. */
function readDeliverOpts(names: NameCache): string | undefined {
  let group = '';
  const pairs = scan.map();
  if (pairs < 0) return undefined;
  for (let i = 0; i < pairs; i++) {
    const length = scan.str();
    if (length < 0) return undefined;
    if (scan.isText(length, 'group')) {
      scan.at += length;
      const name = scan.name(names);
      if (name === undefined) return undefined;
      group = name;
    } else if (!scan.skipText(length) || !scan.skipOption()) {
      return undefined;
    }
  }
  return group;
}

// [4, cid, ts]
function readAccepted(fields: number, visitor: ServerFrameVisitor): number {
  if (fields < 2) return missing();
  const cid = scan.uint();
  if (cid < 0) return BAD;
  const ts = scan.uint();
  if (ts < 0 || !scan.skip(fields - 2)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.accepted(cid, ts), frameEnd);
}

// [8, seq, peer, kind, origin, cid, ts, code?, upTo?]
function readReceipt(fields: number, visitor: ServerFrameVisitor, names: NameCache): number {
  if (fields < 6) return missing();
  const seq = scan.uint();
  if (seq < 0) return BAD;
  const peer = scan.name(names);
  if (peer === undefined) return BAD;
  const kind = scan.uint();
  if (kind < 0) return BAD;
  if (!isReceiptKind(kind)) return bad('`kind` is not 1, 2 or 3');
  const origin = scan.uint();
  if (origin < 0) return BAD;
  const cid = scan.uint();
  if (cid < 0) return BAD;
  const ts = scan.uint();
  if (ts < 0) return BAD;
  const code = fields > 6 ? scan.text() : '';
  if (code === undefined) return BAD;
  const upTo = fields > 7 ? scan.uint() : 0;
  if (upTo < 0 || !scan.skip(fields - 8)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.receipt(seq, peer, kind, origin, cid, ts, code, upTo), frameEnd);
}

function isReceiptKind(kind: number): kind is ReceiptKind {
  return kind >= ReceiptKind.DELIVERED && kind <= ReceiptKind.FAILED;
}

// [5, cid, code, detail, retryAfterMs?]
function readRejected(fields: number, visitor: ServerFrameVisitor): number {
  if (fields < 3) return missing();
  const cid = scan.uint();
  if (cid < 0) return BAD;
  const code = scan.text();
  if (code === undefined) return BAD;
  const detail = scan.text();
  if (detail === undefined) return BAD;
  const retryAfterMs = fields > 3 ? scan.uint() : -1;
  if (scan.fault !== '' || !scan.skip(fields - 4)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.rejected(cid, code, detail, retryAfterMs), frameEnd);
}

// [10, peer, body]
function readSignal(fields: number, visitor: ServerFrameVisitor, names: NameCache): number {
  if (fields < 2) return missing();
  const peer = scan.name(names);
  if (peer === undefined) return BAD;
  const length = scan.bin();
  if (length < 0) return BAD;
  const start = scan.at;
  scan.at = start + length;
  if (!scan.skip(fields - 2)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.signal(peer, start, start + length), frameEnd);
}

// [12, user, online, ts]
function readPresence(fields: number, visitor: ServerFrameVisitor, names: NameCache): number {
  if (fields < 3) return missing();
  const user = scan.name(names);
  if (user === undefined) return BAD;
  const online = scan.bool();
  if (online < 0) return BAD;
  const ts = scan.uint();
  if (ts < 0 || !scan.skip(fields - 3)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.presence(user, online === 1, ts), frameEnd);
}

// [14, rid, ok, result]
function readReply(fields: number, visitor: ServerFrameVisitor): number {
  if (fields < 3) return missing();
  const rid = scan.uint();
  if (rid < 0) return BAD;
  const ok = scan.bool();
  if (ok < 0) return BAD;
  const start = scan.at;
  if (!scan.skipAny()) return BAD;
  const end = scan.at;
  if (!scan.skip(fields - 3)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.reply(rid, ok === 1, start, end), frameEnd);
}

// [2, user, session, origin, lastCid, pending, {maxMessage, ...}, now]
function readWelcome(fields: number, visitor: ServerFrameVisitor): number {
  if (fields < 7) return missing();
  const user = scan.text();
  if (user === undefined) return BAD;
  const session = scan.text();
  if (session === undefined) return BAD;
  const origin = scan.uint();
  if (origin < 0) return BAD;
  const lastCid = scan.uint();
  if (lastCid < 0) return BAD;
  const pending = scan.uint();
  if (pending < 0) return BAD;
  const limits = readLimits();
  if (limits === undefined) return BAD;
  const now = scan.uint();
  if (now < 0 || !scan.skip(fields - 7)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.welcome(user, session, origin, lastCid, pending, limits, now), frameEnd);
}

function readLimits(): WelcomeLimits | undefined {
  const limits = { ...defaultWelcomeLimits };
  const pairs = scan.map();
  if (pairs < 0) return undefined;
  for (let i = 0; i < pairs; i++) {
    const key = scan.text();
    if (key === undefined) return undefined;
    if (Object.hasOwn(limits, key)) {
      const value = scan.uint();
      if (value < 0) return undefined;
      limits[key as keyof WelcomeLimits] = value;
    } else if (!scan.skipOption()) {
      return undefined;
    }
  }
  return limits;
}

// [16, code, detail]
function readError(fields: number, visitor: ServerFrameVisitor): number {
  if (fields < 2) return missing();
  const code = scan.text();
  if (code === undefined) return BAD;
  const detail = scan.text();
  if (detail === undefined || !scan.skip(fields - 2)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.error(code, detail), frameEnd);
}

// [17, reason, retryAfterMs, location?]
function readGoodbye(fields: number, visitor: ServerFrameVisitor): number {
  if (fields < 2) return missing();
  const reason = scan.text();
  if (reason === undefined) return BAD;
  const retryAfterMs = scan.uint();
  if (retryAfterMs < 0) return BAD;
  const location = fields > 2 ? scan.text() : '';
  if (location === undefined || !scan.skip(fields - 3)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.goodbye(reason, retryAfterMs, location), frameEnd);
}
