import { decodeAny, readServerFrames, ReceiptKind } from '@mailbeam/protocol';
import type { ServerFrameVisitor, WelcomeLimits } from '@mailbeam/protocol';
import type { Answers } from './answers.js';
import type { Calls } from './calls.js';
import type { ClientEvents } from './client-events.js';
import type { Clock } from './clock.js';
import type { Emitter } from './emitter.js';
import { MailbeamError, RejectedError } from './errors.js';
import type { Inbox } from './inbox.js';
import type { Link, OpenState } from './link.js';

/** Whom the router's frames are for. */
export interface IncomingParts {
  readonly link: Link;
  readonly inbox: Inbox;
  readonly answers: Answers;
  readonly calls: Calls;
  readonly events: Emitter<ClientEvents>;
  readonly clock: Clock;
  /** The first WELCOME of a connection; the router knows numbers up to `lastCid`. False where the client may not go on. */
  readonly welcomed: (open: OpenState, lastCid: number, limits: WelcomeLimits) => boolean;
}

/** Reads the router's frames, one method a frame, and hands each to the part that it is for. */
export class Incoming implements ServerFrameVisitor {
  private readonly parts: IncomingParts;
  /** What is being read. */
  private bytes: Uint8Array = new Uint8Array();
  /** Whether what is being read ended the connection. */
  private over = false;
  /** Which of the user's clients this one is; -1 without a connection. */
  private origin = -1;
  /** How far the router's clock is ahead. */
  private clockOffsetMs = 0;

  constructor(parts: IncomingParts) {
    this.parts = parts;
  }

  /** Reads a WebSocket message. False where the connection has ended by it. */
  read(bytes: Uint8Array): boolean {
    this.bytes = bytes;
    this.over = false;
    const bad = readServerFrames(bytes, this);
    this.bytes = new Uint8Array();
    if (bad !== undefined) this.refuse(bad.detail);
    return !this.over;
  }

  /** The connection has ended. */
  disconnected(): void {
    this.origin = -1;
  }

  welcome(
    user: string,
    session: string,
    origin: number,
    lastCid: number,
    pending: number,
    limits: WelcomeLimits,
    now: number,
  ): void | false {
    if (this.parts.link.open) return this.refuse('a second WELCOME');
    this.origin = origin;
    this.clockOffsetMs = now - this.parts.clock.now();
    this.over = !this.parts.welcomed({ name: 'open', user, session, pending }, lastCid, limits);
    return this.over ? false : undefined;
  }

  accepted(cid: number, ts: number): void {
    this.parts.answers.accepted(cid, ts);
  }

  rejected(cid: number, code: string, detail: string, retryAfterMs: number): void {
    const error = new RejectedError(cid, code, detail, retryAfterMs < 0 ? undefined : retryAfterMs);
    this.parts.answers.rejected(error, this.parts.clock.now() + this.clockOffsetMs);
  }

  deliver(
    seq: number,
    from: string,
    origin: number,
    cid: number,
    ts: number,
    start: number,
    end: number,
    group: string,
  ): void | false {
    if (this.parts.inbox.deliver(seq, { from, origin, cid, ts, body: this.copy(start, end), group })) return undefined;
    return this.refuse(`seq ${seq} is not the next`);
  }

  receipt(
    seq: number,
    peer: string,
    kind: ReceiptKind,
    origin: number,
    cid: number,
    ts: number,
    code: string,
    lastOfRange: number,
  ): void | false {
    const { inbox, answers, events } = this.parts;
    if (!inbox.receipt(seq)) return this.refuse(`seq ${seq} is not the next`);
    const own = origin === this.origin;
    if (kind === ReceiptKind.FAILED) {
      const upTo = Math.max(cid, lastOfRange);
      if (own) answers.failed(peer, cid, upTo, code);
      events.emit('failed', { peer, origin, own, cid, upTo, code, ts });
    } else {
      if (own) answers.taken(peer, kind, cid, ts);
      events.emit(kind === ReceiptKind.READ ? 'read' : 'delivered', { peer, origin, own, upTo: cid, ts });
    }
  }

  signal(from: string, start: number, end: number): void {
    this.parts.events.emit('signal', { from, body: this.copy(start, end) });
  }

  presence(user: string, online: boolean, ts: number): void {
    this.parts.events.emit('presence', { user, online, ts });
  }

  reply(rid: number, ok: boolean, start: number, end: number): void {
    this.parts.calls.reply(rid, ok, decodeAny(this.copy(start, end)));
  }

  error(code: string, detail: string): void {
    this.parts.link.heardError(code, detail);
    this.parts.events.emit('routerError', { code, detail });
  }

  goodbye(_reason: string, retryAfterMs: number, location: string): void {
    this.parts.link.leave(retryAfterMs, location);
  }

  /** The router broke the protocol: this connection cannot be trusted, another may. */
  private refuse(detail: string): false {
    const text = `the router broke the protocol: ${detail}`;
    this.over = true;
    this.parts.events.emit('error', new MailbeamError('bad_frame', text, true));
    this.parts.link.drop(text, 4000);
    return false;
  }

  /** A part of what is being read, which is not valid any longer than that. */
  private copy(start: number, end: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes.subarray(start, end));
  }
}
