import { encodeAny } from './any.js';
import type { ErrorCode, FailCode, RejectCode } from './codes.js';
import type { WelcomeLimits } from './limits.js';
import { Op } from './op.js';
import type { ReceiptKind } from './op.js';
import { headRoom, putArray, putBin, putBool, putMap, putRaw, putText, putUint, textRoom, uintRoom } from './put.js';

/** HELLO `opts` (protocol, "From a client"); what is left out is not written. */
export interface HelloOptions {
  /** Most unacked entries wanted, 1 to 4096. */
  readonly window?: number | undefined;
  /** Names the state that numbers this client's SENDs, 1 to 32 bytes. */
  readonly client?: string | undefined;
  /** Free text. */
  readonly agent?: string | undefined;
}

/** SEND `opts` (protocol, "From a client"); what is left out is not written. */
export interface SendOptions {
  /** Seconds, 1 to 2,592,000. */
  readonly ttl?: number | undefined;
  /** True on a resend. */
  readonly again?: boolean | undefined;
}

const none = new Uint8Array(0);

/**
 * Writes frames back to back into one buffer that grows as needed and is used again (protocol, "Frames"; MessagePack in its shortest form).
 * A method that throws (RangeError for a number that is not an integer from 0 to 2^53-1, TypeError for a value that
 * `encodeAny` refuses) has written nothing. Checks of ranges and names are the caller's.
 */
export class FrameWriter {
  /** The whole buffer; the first `length` bytes are written. Another one after it has grown. */
  bytes: Uint8Array<ArrayBuffer> = none;
  /** Bytes written since the last `take` or `reset`. */
  length = 0;
  private readonly initialBytes: number;

  /** @param initialBytes size of the first buffer, made at the first frame */
  constructor(initialBytes = 1024) {
    this.initialBytes = initialBytes;
  }

  /** A view of what was written, valid until the next frame is written; then begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const written = this.bytes.subarray(0, this.length);
    this.length = 0;
    return written;
  }

  /** Forgets what was written. */
  reset(): void {
    this.length = 0;
  }

  // Frames of a router.

  // 98 02 user session origin lastCid pending 85{...} now
  welcome(
    user: string,
    session: string,
    origin: number,
    lastCid: number,
    pending: number,
    limits: WelcomeLimits,
    now: number,
  ): void {
    const bytes = this.room(2 + textRoom(user) + textRoom(session) + 4 * uintRoom + 64 + 5 * uintRoom);
    let at = this.head(bytes, 7, Op.WELCOME);
    at = putText(bytes, at, user);
    at = putText(bytes, at, session);
    at = putUint(bytes, at, origin);
    at = putUint(bytes, at, lastCid);
    at = putUint(bytes, at, pending);
    at = putMap(bytes, at, 5);
    at = putUint(bytes, putText(bytes, at, 'maxMessage'), limits.maxMessage);
    at = putUint(bytes, putText(bytes, at, 'maxBody'), limits.maxBody);
    at = putUint(bytes, putText(bytes, at, 'sendWindow'), limits.sendWindow);
    at = putUint(bytes, putText(bytes, at, 'rate'), limits.rate);
    at = putUint(bytes, putText(bytes, at, 'watch'), limits.watch);
    this.length = putUint(bytes, at, now);
  }

  // 93 04 cid ts
  accepted(cid: number, ts: number): void {
    const bytes = this.room(2 + 2 * uintRoom);
    const at = putUint(bytes, this.head(bytes, 2, Op.ACCEPTED), cid);
    this.length = putUint(bytes, at, ts);
  }

  // 94|95 05 cid code detail retryAfterMs?
  /** `retryAfterMs` 0: not written. */
  rejected(cid: number, code: RejectCode, detail: string, retryAfterMs = 0): void {
    const bytes = this.room(2 + 2 * uintRoom + textRoom(code) + textRoom(detail));
    let at = putUint(bytes, this.head(bytes, retryAfterMs === 0 ? 3 : 4, Op.REJECTED), cid);
    at = putText(bytes, at, code);
    at = putText(bytes, at, detail);
    this.length = retryAfterMs === 0 ? at : putUint(bytes, at, retryAfterMs);
  }

  // 97|98 06 seq from origin cid ts body {group}?
  /** The body is source[bodyStart, bodyEnd), copied. */
  deliver(
    seq: number,
    from: string,
    origin: number,
    cid: number,
    ts: number,
    source: Uint8Array,
    bodyStart: number,
    bodyEnd: number,
    group = '',
  ): void {
    const room = 9 + textRoom(from) + 4 * uintRoom + headRoom + bodyEnd - bodyStart;
    const bytes = this.room(group === '' ? room : room + textRoom(group));
    let at = putUint(bytes, this.head(bytes, group === '' ? 6 : 7, Op.DELIVER), seq);
    at = putText(bytes, at, from);
    at = putUint(bytes, at, origin);
    at = putUint(bytes, at, cid);
    at = putUint(bytes, at, ts);
    at = putBin(bytes, at, source, bodyStart, bodyEnd);
    if (group !== '') at = putText(bytes, putText(bytes, putMap(bytes, at, 1), 'group'), group);
    this.length = at;
  }

  // 97|98|99 08 seq peer kind origin cid ts code? upTo?
  /** `code` '' and `upTo` 0: not written. `upTo` needs a `code` before it. */
  receipt(
    seq: number,
    peer: string,
    kind: ReceiptKind,
    origin: number,
    cid: number,
    ts: number,
    code: FailCode | '' = '',
    upTo = 0,
  ): void {
    if (upTo !== 0 && code === '') throw new RangeError('`upTo` stands behind `code` and cannot be without it');
    const bytes = this.room(2 + 6 * uintRoom + textRoom(peer) + textRoom(code));
    let at = putUint(bytes, this.head(bytes, code === '' ? 6 : upTo === 0 ? 7 : 8, Op.RECEIPT), seq);
    at = putText(bytes, at, peer);
    at = putUint(bytes, at, kind);
    at = putUint(bytes, at, origin);
    at = putUint(bytes, at, cid);
    at = putUint(bytes, at, ts);
    if (code !== '') at = putText(bytes, at, code);
    this.length = upTo === 0 ? at : putUint(bytes, at, upTo);
  }

  // 94 0c user online ts
  presence(user: string, online: boolean, ts: number): void {
    const bytes = this.room(3 + textRoom(user) + uintRoom);
    const at = putText(bytes, this.head(bytes, 3, Op.PRESENCE), user);
    this.length = putUint(bytes, putBool(bytes, at, online), ts);
  }

  // 94 0e rid ok result
  /** Where `ok` is false, `value` is `{code, detail}`. */
  reply(rid: number, ok: boolean, value: unknown): void {
    this.replyEncoded(rid, ok, encodeAny(value));
  }

  /** {@link reply} with what `encodeAny` gave for the value. */
  replyEncoded(rid: number, ok: boolean, result: Uint8Array): void {
    const bytes = this.room(3 + uintRoom + result.length);
    const at = putUint(bytes, this.head(bytes, 3, Op.REPLY), rid);
    this.length = putRaw(bytes, putBool(bytes, at, ok), result);
  }

  // 93 10 code detail
  error(code: ErrorCode, detail: string): void {
    const bytes = this.room(2 + textRoom(code) + textRoom(detail));
    const at = putText(bytes, this.head(bytes, 2, Op.ERROR), code);
    this.length = putText(bytes, at, detail);
  }

  // 93|94 11 reason retryAfterMs location?
  /** `location` '': not written. */
  goodbye(reason: string, retryAfterMs: number, location = ''): void {
    const bytes = this.room(2 + textRoom(reason) + uintRoom + textRoom(location));
    let at = putText(bytes, this.head(bytes, location === '' ? 2 : 3, Op.GOODBYE), reason);
    at = putUint(bytes, at, retryAfterMs);
    this.length = location === '' ? at : putText(bytes, at, location);
  }

  // Frames of both.

  // 93 0a peer body
  /** The body is source[start, end), copied. */
  signal(peer: string, source: Uint8Array, start = 0, end = source.length): void {
    const bytes = this.room(2 + textRoom(peer) + headRoom + end - start);
    const at = putText(bytes, this.head(bytes, 2, Op.SIGNAL), peer);
    this.length = putBin(bytes, at, source, start, end);
  }

  // Frames of a client.

  // 93 01 token {window?, client?, agent?}
  hello(token: string, { window, client, agent }: HelloOptions = {}): void {
    const texts = textRoom(token) + textRoom(client ?? '') + textRoom(agent ?? '');
    const bytes = this.room(32 + texts + uintRoom);
    const pairs = Number(window !== undefined) + Number(client !== undefined) + Number(agent !== undefined);
    let at = putText(bytes, this.head(bytes, 2, Op.HELLO), token);
    at = putMap(bytes, at, pairs);
    if (window !== undefined) at = putUint(bytes, putText(bytes, at, 'window'), window);
    if (client !== undefined) at = putText(bytes, putText(bytes, at, 'client'), client);
    if (agent !== undefined) at = putText(bytes, putText(bytes, at, 'agent'), agent);
    this.length = at;
  }

  // 94|95 03 cid to body {ttl?, again?}?
  /** `again: false` is not written. */
  send(cid: number, to: string, body: Uint8Array, { ttl, again = false }: SendOptions = {}): void {
    const bytes = this.room(2 + uintRoom + textRoom(to) + headRoom + body.length + 16 + uintRoom);
    const pairs = Number(ttl !== undefined) + Number(again);
    let at = putUint(bytes, this.head(bytes, pairs === 0 ? 3 : 4, Op.SEND), cid);
    at = putText(bytes, at, to);
    at = putBin(bytes, at, body, 0, body.length);
    if (pairs !== 0) at = putMap(bytes, at, pairs);
    if (ttl !== undefined) at = putUint(bytes, putText(bytes, at, 'ttl'), ttl);
    if (again) at = putBool(bytes, putText(bytes, at, 'again'), true);
    this.length = at;
  }

  // 92 07 seq
  ack(seq: number): void {
    const bytes = this.room(2 + uintRoom);
    this.length = putUint(bytes, this.head(bytes, 1, Op.ACK), seq);
  }

  // 95|96 09 cid from origin upTo {again}?
  /** `again: false` is not written. */
  read(cid: number, from: string, origin: number, upTo: number, again = false): void {
    const bytes = this.room(10 + 3 * uintRoom + textRoom(from));
    let at = putUint(bytes, this.head(bytes, again ? 5 : 4, Op.READ), cid);
    at = putText(bytes, at, from);
    at = putUint(bytes, at, origin);
    at = putUint(bytes, at, upTo);
    if (again) at = putBool(bytes, putText(bytes, putMap(bytes, at, 1), 'again'), true);
    this.length = at;
  }

  // 93 0b [user, ...] on
  watch(users: readonly string[], on: boolean): void {
    let room = 3 + headRoom;
    for (const user of users) room += textRoom(user);
    const bytes = this.room(room);
    let at = putArray(bytes, this.head(bytes, 2, Op.WATCH), users.length);
    for (const user of users) at = putText(bytes, at, user);
    this.length = putBool(bytes, at, on);
  }

  // 95 0d rid service method args
  /** `service` without its `$`. */
  call(rid: number, service: string, method: string, args: unknown): void {
    const encoded = encodeAny(args);
    const bytes = this.room(2 + uintRoom + textRoom(service) + textRoom(method) + encoded.length);
    let at = putUint(bytes, this.head(bytes, 4, Op.CALL), rid);
    at = putText(bytes, at, service);
    at = putText(bytes, at, method);
    this.length = putRaw(bytes, at, encoded);
  }

  /** The frame's array header and op; `fields` is less than 15, without the op. */
  private head(bytes: Uint8Array, fields: number, op: Op): number {
    const at = this.length;
    bytes[at] = 0x91 + fields;
    bytes[at + 1] = op;
    return at + 2;
  }

  /** The buffer, with room for `more` bytes behind `length`. */
  private room(more: number): Uint8Array<ArrayBuffer> {
    return this.length + more <= this.bytes.length ? this.bytes : this.grow(this.length + more);
  }

  private grow(needed: number): Uint8Array<ArrayBuffer> {
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2, this.initialBytes));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    return grown;
  }
}
