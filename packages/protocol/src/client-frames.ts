import { BAD, STOP, frameError } from './frame-error.js';
import type { FrameError } from './frame-error.js';
import { limits } from './limits.js';
import type { NameCache, NameKind } from './names.js';
import { FIRST_IGNORED_OP, Op } from './op.js';
import { Scanner } from './scanner.js';
import { utf8Length } from './utf8.js';

/**
 * What a router does with a client's frames, one method a frame (protocol, "From a client"). A method that returns false
 * stops the reading, as after a close. `...Start` and `...End` are offsets into the bytes given to the reader: what
 * lies there is valid only while they are.
 */
export interface ClientFrameVisitor {
  /** HELLO. `window` is -1 and `client` and `agent` are '' where they are left out. */
  hello(token: string, window: number, client: string, agent: string): void | false;
  /** SEND. `toKind` 0 is an ill-formed name: REJECTED `invalid`. `ttl` in seconds, in any range, -1 where left out. */
  send(
    cid: number,
    to: string,
    toKind: NameKind,
    bodyStart: number,
    bodyEnd: number,
    ttl: number,
    again: boolean,
  ): void | false;
  /** ACK. */
  ack(seq: number): void | false;
  /** READ. `from` is the name of a user or service. */
  read(cid: number, from: string, origin: number, upTo: number, again: boolean): void | false;
  /** SIGNAL. `peerKind` is never 0. */
  signal(peer: string, peerKind: NameKind, bodyStart: number, bodyEnd: number): void | false;
  /** WATCH. Every entry is the name of a user; names may repeat. */
  watch(users: string[], on: boolean): void | false;
  /** CALL. `service` is whatever the client wrote; the bytes of args have been checked, `decodeAny` decodes them. */
  call(rid: number, service: string, method: string, argsStart: number, argsEnd: number): void | false;
}

const scan = new Scanner();

/**
 * Reads all frames of one WebSocket message in order and calls the visitor for each. Returns undefined, or what is
 * wrong with the first bad frame; the frames before it have been visited. What the visitor throws goes through.
 * May be called again from within a visitor's method.
 */
export function readClientFrames(
  bytes: Uint8Array,
  visitor: ClientFrameVisitor,
  names: NameCache,
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
function readFrame(op: number, fields: number, visitor: ClientFrameVisitor, names: NameCache): number {
  switch (op) {
    case Op.SEND:
      return readSend(fields, visitor, names);
    case Op.ACK:
      return readAck(fields, visitor);
    case Op.READ:
      return readRead(fields, visitor, names);
    case Op.SIGNAL:
      return readSignal(fields, visitor, names);
    case Op.CALL:
      return readCall(fields, visitor);
    case Op.WATCH:
      return readWatch(fields, visitor, names);
    case Op.HELLO:
      return readHello(fields, visitor);
    default:
      if (op < FIRST_IGNORED_OP) return bad('not an op that a client sends');
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

// [3, cid, to, body, {ttl?, again?}?]
function readSend(fields: number, visitor: ClientFrameVisitor, names: NameCache): number {
  if (fields < 3) return missing();
  const cid = scan.uint();
  if (cid < 0) return BAD;
  const to = scan.name(names);
  if (to === undefined) return BAD;
  const kind = names.kind;
  const length = scan.bin();
  if (length < 0) return BAD;
  const start = scan.at;
  const end = start + length;
  scan.at = end;
  if (fields === 3) return next(visitor.send(cid, to, kind, start, end, -1, false), end);
  if (!readSendOpts() || !scan.skip(fields - 4)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.send(cid, to, kind, start, end, ttl, again), frameEnd);
}

/** What `readSendOpts` found: seconds, -1 where left out. */
let ttl = -1;
/** What `readSendOpts` found. */
let again = false;

function readSendOpts(): boolean {
  ttl = -1;
  again = false;
  const pairs = scan.map();
  if (pairs < 0) return false;
  for (let i = 0; i < pairs; i++) {
    const length = scan.str();
    if (length < 0) return false;
    if (scan.isText(length, 'ttl')) {
      scan.at += length;
      ttl = scan.uint();
      if (ttl < 0) return false;
    } else if (scan.isText(length, 'again')) {
      scan.at += length;
      const value = scan.bool();
      if (value < 0) return false;
      again = value === 1;
    } else if (!scan.skipText(length) || !scan.skipOption()) {
      return false;
    }
  }
  return true;
}

// [7, seq]
function readAck(fields: number, visitor: ClientFrameVisitor): number {
  if (fields < 1) return missing();
  const seq = scan.uint();
  if (seq < 0 || !scan.skip(fields - 1)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.ack(seq), frameEnd);
}

// [9, cid, from, origin, upTo, {again?}?]
function readRead(fields: number, visitor: ClientFrameVisitor, names: NameCache): number {
  if (fields < 4) return missing();
  const cid = scan.uint();
  if (cid < 0) return BAD;
  const from = scan.name(names);
  if (from === undefined) return BAD;
  if (names.kind === 0 || names.kind === 2) return bad('`from` is not the name of a user or service');
  const origin = scan.uint();
  if (origin < 0) return BAD;
  const upTo = scan.uint();
  if (upTo < 0) return BAD;
  ttl = -1;
  again = false;
  const opts = fields > 4 && scan.isMap() ? 1 : 0; // a fifth field of another type is one of a later version: ignored
  if ((opts === 1 && !readSendOpts()) || !scan.skip(fields - 4 - opts)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.read(cid, from, origin, upTo, again), frameEnd);
}

// [10, peer, body]
function readSignal(fields: number, visitor: ClientFrameVisitor, names: NameCache): number {
  if (fields < 2) return missing();
  const peer = scan.name(names);
  if (peer === undefined) return BAD;
  const kind = names.kind;
  if (kind === 0) return bad('`peer` is not a well-formed name');
  const length = scan.bin();
  if (length < 0) return BAD;
  const start = scan.at;
  scan.at = start + length;
  if (!scan.skip(fields - 2)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.signal(peer, kind, start, start + length), frameEnd);
}

// [11, [user, ...], on]
function readWatch(fields: number, visitor: ClientFrameVisitor, names: NameCache): number {
  if (fields < 2) return missing();
  const count = scan.array();
  if (count < 0) return BAD;
  const users: string[] = [];
  for (let i = 0; i < count; i++) {
    const user = scan.name(names);
    if (user === undefined) return BAD;
    if (names.kind !== 1) return bad('an entry of `users` is not the name of a user');
    users.push(user);
  }
  const on = scan.bool();
  if (on < 0 || !scan.skip(fields - 2)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.watch(users, on === 1), frameEnd);
}

// [13, rid, service, method, args]
function readCall(fields: number, visitor: ClientFrameVisitor): number {
  if (fields < 4) return missing();
  const rid = scan.uint();
  if (rid < 0) return BAD;
  const service = scan.text();
  if (service === undefined) return BAD;
  const method = scan.text();
  if (method === undefined) return BAD;
  const start = scan.at;
  if (!scan.skipAny()) return BAD;
  const end = scan.at;
  if (!scan.skip(fields - 4)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.call(rid, service, method, start, end), frameEnd);
}

// [1, token, {window?, client?, agent?}]
function readHello(fields: number, visitor: ClientFrameVisitor): number {
  if (fields < 2) return missing();
  const token = scan.text();
  if (token === undefined) return BAD;
  const pairs = scan.map();
  if (pairs < 0) return BAD;
  let window = -1;
  let client = '';
  let agent = '';
  for (let i = 0; i < pairs; i++) {
    const key = scan.text();
    if (key === undefined) return BAD;
    if (key === 'window') {
      window = scan.uint();
      if (window < 0) return BAD;
      if (window < limits.windowMin || window > limits.windowMax) return bad('`window` is out of range');
    } else if (key === 'client') {
      const text = scan.text();
      if (text === undefined) return BAD;
      const length = utf8Length(text);
      if (length < 1 || length > limits.clientBytes) return bad('`client` is not 1 to 32 bytes long');
      client = text;
    } else if (key === 'agent') {
      const text = scan.text();
      if (text === undefined) return BAD;
      agent = text;
    } else if (!scan.skipOption()) {
      return BAD;
    }
  }
  if (!scan.skip(fields - 2)) return BAD;
  const frameEnd = scan.at;
  return next(visitor.hello(token, window, client, agent), frameEnd);
}
