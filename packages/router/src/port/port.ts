import { types } from 'node:util';
import { CloseCode, limits as protocolLimits, nameKind } from '@mailbeam/protocol';
import type { ErrorCode, FrameWriter, RejectCode } from '@mailbeam/protocol';
import type { SessionLimits, SessionPort } from '@mailbeam/handler';
import { Fifo } from '../fifo.js';
import type { Screened } from '../interceptors/interceptors.js';
import type { Screen } from '../interceptors/screen.js';
import { SeenEnvelope } from '../interceptors/seen-envelope.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import type { Outlet } from '../mailbox/outlet.js';
import type { Receipt } from '../mailbox/receipt.js';
import { Message } from '../mailbox/request.js';
import type { ReadRequest } from '../mailbox/request.js';
import type { Sender } from '../mailbox/sender.js';
import { acknowledge } from './acknowledge.js';
import type { ClientSocket } from './client-socket.js';
import type { PortFrame } from './frames.js';
import { InFlight } from './in-flight.js';
import type { PortHost, PortLimits } from './port-host.js';
import { Budget } from './rate.js';
import type { SessionVersion, ShellState } from './session-shell.js';
import { Verdict } from './verdict.js';

/** A batch of frames is sent on its own once it has this many bytes. */
const BATCH_BYTES = 65_536;
/** Frames, and bytes of their bodies, that came in and are not handled yet. */
const MAX_FRAMES = 10_000;
const MAX_FRAME_BYTES = 8 << 20;
/** So many requests of a sender may be settled by receipts that are only in memory (semantics 2.8). */
const MAX_UNSETTLED = 1_024;

const NO_ACKS: { seq: number; after: number }[] = [];

type Phase = 'greeting' | 'welcoming' | 'open' | 'closed';

/**
 * The I/O end of a session: one client socket and the protocol's book-keeping for it: what came in and is not handled,
 * what is unanswered, what was handed out under which `seq`. A state machine that is fed by its socket, its session and
 * its mailbox. Like a port on BEAM it is not the actor, and outlives its crash.
 */
export class Port implements SessionPort, Outlet {
  readonly socket: ClientSocket;
  readonly #host: PortHost;
  readonly openedAt: number;
  #phase: Phase = 'greeting';
  user = '';
  sender: Sender | null = null;
  mailbox: Mailbox | null = null;
  inFlight: InFlight | null = null;
  /** The session's actor, opaque to the port. */
  session: unknown = null;
  sessionVersion: SessionVersion | null = null;
  sessionState: ShellState | null = null;
  #frames: Fifo<PortFrame> | null = null;
  /** How many at the front of `#frames` the session has been given. */
  #given = 0;
  /** True while the frame in whose handling the session crashed is handled again, by itself. */
  #alone = false;
  #attempts = 0;
  #handling = false;
  /** Counts handlings: one that was given up may settle later. */
  #handlings = 0;
  #screen: Screen | null = null;
  #verdict: Verdict | null = null;
  /** `seq` of ACKs that came behind frames that are not handled yet, each with the number of frames before it. */
  #acks: { seq: number; after: number }[] = NO_ACKS;
  /** What an async handling sent has not reached its mailbox yet. */
  #handingOver = false;
  #handledFrames = 0;
  /** What is wrong with a frame that has come. */
  #fault: string | null = null;
  #receivedFrames = 0;
  #lastCid = 0;
  #writer: FrameWriter | null = null;
  #dirty = false;
  /** Since when the peer does not read, monotonic ms; 0 = it reads (semantics 9.3). */
  stalledAt = 0;
  #rate: Budget | null = null;
  #frameBytes = 0;
  /** Users whose presence this connection watches. */
  watched: Set<string> | null = null;
  /** A notice was not written because the peer did not read; all are written again when it does. */
  missedPresence = false;

  constructor(socket: ClientSocket, host: PortHost) {
    this.socket = socket;
    this.#host = host;
    this.openedAt = host.clock.mono;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get limits(): SessionLimits & PortLimits {
    return this.#host.limits;
  }

  get unanswered(): number {
    return this.sender === null ? 0 : this.sender.unanswered;
  }

  get receiptsWaiting(): number {
    return this.mailbox === null ? 0 : this.mailbox.receiptsWaiting;
  }

  // ---- from the socket

  /** The socket has drained. */
  drained(): void {
    if (this.stalledAt === 0 || this.socket.bufferedBytes > this.limits.backpressureBytes / 2) return;
    this.stalledAt = 0;
    this.#host.reads(this);
    this.#giveMore();
    this.mailbox?.pump();
    this.touch();
    this.#host.wake();
  }

  /** The socket has closed, for whatever reason. */
  closed(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#frames = null;
    this.#acks = NO_ACKS;
    if (this.#screen !== null) this.#host.interceptors.close(this.#screen);
    this.#releaseWriter();
    this.#host.closed(this);
  }

  // ---- frames, in the order of the bytes

  onHello(token: string, window: number, client: string): void | false {
    if (this.#phase !== 'greeting') return this.badFrame('HELLO comes once');
    this.#phase = 'welcoming';
    const wanted = window === -1 ? protocolLimits.windowDefault : window;
    this.inFlight = new InFlight(Math.min(wanted, this.limits.window), this.limits.inflightBytes);
    this.#host.login(this, token, client);
    return this.#stop();
  }

  onAck(seq: number): void | false {
    if (!this.greeted()) return false;
    const { inFlight } = this;
    if (inFlight === null || seq > inFlight.seq) return this.badFrame('ACK above what was sent');
    if (seq <= inFlight.ackedSeq) return;
    const handled = this.#frames === null || this.#frames.length === 0;
    if (this.#acks.length === 0 && handled && !this.#handingOver) acknowledge(this, seq, this.#host);
    else if (this.#acks.length === 0) this.#acks = [{ seq, after: this.#receivedFrames }];
    else this.#acks.push({ seq, after: this.#receivedFrames });
    return this.#stop();
  }

  /** Checks the `cid` of a SEND or READ; false when the connection is closed for it. */
  admits(cid: number): boolean {
    if (!this.greeted()) return false;
    if (cid <= this.#lastCid) return this.badFrame('cids strictly increase on a connection');
    this.#lastCid = cid;
    return true;
  }

  /** False, and a close, when nothing but HELLO may come yet. */
  greeted(): boolean {
    return this.#phase !== 'greeting' || this.unauthorized();
  }

  /** Takes a frame for the session. */
  enqueue(frame: PortFrame): void | false {
    const frames = (this.#frames ??= new Fifo());
    this.#frameBytes += frame.bodyBytes;
    if (frames.length >= MAX_FRAMES || this.#frameBytes > MAX_FRAME_BYTES) {
      this.fail('rate_limited', 'frames come faster than they can be handled', CloseCode.RATE_LIMITED);
      return false;
    }
    frames.push(frame);
    this.#receivedFrames++;
    if (this.#phase === 'open' && this.session !== null && !this.#alone && this.stalledAt === 0) {
      this.#given++;
      this.#host.give(this, frame);
    }
  }

  /** Stops the reading of a message whose connection was closed on the way. */
  #stop(): void | false {
    return this.#phase === 'closed' ? false : undefined;
  }

  /** ERROR and close 4000, once the frames before the bad one have been handled. */
  badFrame(detail: string): false {
    this.#fault ??= detail;
    this.#failWhenHandled();
    return false;
  }

  /** A bad frame has come: nothing behind it is read. */
  get isFaulty(): boolean {
    return this.#fault !== null;
  }

  #failWhenHandled(): void {
    if (this.#fault === null || this.#acks.length > 0 || (this.#frames !== null && this.#frames.length > 0)) return;
    this.fail('bad_frame', this.#fault, CloseCode.BAD_FRAME);
  }

  unauthorized(detail = 'the first frame is HELLO'): false {
    this.fail('unauthorized', detail, CloseCode.UNAUTHORIZED);
    return false;
  }

  // ---- the session

  /** WELCOME: the login is done, everything that waits is handed out. */
  open(): void {
    this.#phase = 'open';
    try {
      this.#host.startSession(this);
    } catch {
      // the crash is reported by the actor system; it ends this connection and nothing else
      this.fail('failed', 'the session of this connection does not start', CloseCode.GOING_AWAY);
      return;
    }
    this.mailbox!.pump();
    this.touch();
  }

  /**
   * A session has started for this port. It is given what is not handled yet; after a crash the suspect frame first and
   * alone.
   */
  sessionStarted(): void {
    this.#host.sessionStarted(this);
    const frames = this.#frames;
    if (this.#handling) {
      this.#handling = false;
      this.#attempts++;
      this.#alone = true;
      if (this.#attempts >= this.limits.maxAttempts) {
        const frame = frames!.peek()!;
        this.#host.dispatch.crashed(this, frame);
        this.#handled();
        return;
      }
    }
    this.#given = 0;
    this.#giveMore();
  }

  /** True while a frame is in hand: after the turn of a crash, that nobody has taken the session's place. */
  get handling(): boolean {
    return this.#handling;
  }

  /** The session begins to handle a frame; returns the number of this handling. */
  begin(): number {
    this.#handling = true;
    this.#handlings++;
    (this.#verdict ??= new Verdict()).clear();
    return this.#handlings;
  }

  /** False for a handling that was given up: its session has crashed or ended meanwhile. */
  isInHand(handling: number): boolean {
    return this.#handling && handling === this.#handlings;
  }

  /** Takes a message that the session has let pass through the interceptors; a promise when one of them needs time. */
  screen(frame: PortFrame): Promise<void> | undefined {
    const { interceptors } = this.#host;
    if (interceptors.isEmpty || !(frame instanceof Message) || !this.#verdict!.routes || this.#phase !== 'open')
      return undefined;
    const handling = this.#handlings;
    const screened = interceptors.screen((this.#screen ??= interceptors.open(this.user)), frame);
    if (!types.isPromise(screened)) {
      this.#screened(frame, screened);
      return undefined;
    }
    return screened.then((settled) => {
      if (this.isInHand(handling)) this.#screened(frame, settled);
    });
  }

  #screened(message: Message, screened: Screened): void {
    if (screened === null) return;
    if (!(screened instanceof SeenEnvelope)) {
      this.#verdict!.refuse(screened);
      return;
    }
    if (screened.isChanged || screened.isDiverted) {
      this.#frameBytes += screened.body.length - message.bodyBytes;
      message.alter(screened.to, screened.toKind, screened.body);
    }
    for (const { service, body } of screened.tells) this.#host.dispatch.tell(this, service, body);
  }

  /** Frames that wait for their session, without the one in hand. */
  get framesWaiting(): number {
    return this.#frames === null ? 0 : this.#frames.length - (this.#handling ? 1 : 0);
  }

  /** True when the session has rejected the frame in hand. */
  get rejects(): boolean {
    return this.#verdict !== null && this.#verdict.rejects;
  }

  /** The session has handled the frame: only now what it asked for takes effect (semantics 5.3). */
  finish(frame: PortFrame): void {
    if (!this.#handling) return;
    this.#handling = false;
    if (this.#phase !== 'open') return;
    this.#verdict!.apply(frame, this, this.#host);
    this.#handled();
  }

  route(): void {
    this.#verdict?.route();
  }

  reject(code: RejectCode, detail: string, retryAfterMs = 0): void {
    this.#verdict?.reject(code, detail, retryAfterMs);
  }

  reply(ok: boolean, result: unknown): void {
    this.#verdict?.reply(ok, result);
  }

  watch(): void {
    this.#verdict?.watch();
  }

  call(): void {
    this.#verdict?.call();
  }

  isKnown(name: string): boolean {
    return this.#host.dispatch.isKnown(name, nameKind(name));
  }

  takeRate(): boolean {
    const { rate } = this.limits;
    if (rate === 0) return true;
    return (this.#rate ??= new Budget(rate)).take(this.#host.clock.mono);
  }

  #handled(): void {
    const frames = this.#frames;
    if (frames === null) return;
    this.#frameBytes -= frames.shift()!.bodyBytes;
    this.#given--;
    this.#handledFrames++;
    this.#attempts = 0;
    if (this.#acks.length > 0 && this.#acks[0]!.after <= this.#handledFrames) this.#host.handOverFirst(this);
    if (this.#alone) {
      this.#alone = false;
      this.#given = 0;
      this.#giveMore();
    }
    this.#failWhenHandled();
  }

  /** An async handling has settled between two turns: what it sent is handed over in the next one, before any ACK (semantics 3.3). */
  settledLate(): void {
    this.#handingOver = true;
    this.#host.handOverFirst(this);
    this.#host.wake();
  }

  /** Takes the ACKs that came behind frames whose SENDs have reached their mailboxes by now (semantics 3.3). */
  takeAcks(): void {
    this.#handingOver = false;
    while (this.#acks.length > 0 && this.#acks[0]!.after <= this.#handledFrames) {
      acknowledge(this, this.#acks.shift()!.seq, this.#host);
    }
    this.#failWhenHandled();
  }

  #giveMore(): void {
    const frames = this.#frames;
    if (frames === null || this.session === null || this.stalledAt > 0) return;
    const end = this.#alone ? Math.min(1, frames.length) : frames.length;
    while (this.#given < end) this.#host.give(this, frames.at(this.#given++)!);
  }

  /** Enters a request into the sender's book. */
  number(request: Message | ReadRequest): void {
    const sender = this.sender!;
    request.sender = sender;
    if (request instanceof Message) {
      request.from = sender.user;
      request.origin = sender.origin;
    }
    sender.add(request);
  }

  // ---- the mailbox

  get hasRoom(): boolean {
    return this.#phase === 'open' && this.stalledAt === 0 && this.inFlight!.hasRoom;
  }

  fits(bodyBytes: number): boolean {
    return this.inFlight!.fits(bodyBytes);
  }

  deliver(m: Message): void {
    const seq = this.inFlight!.add(m);
    this.out(m.bodyEnd - m.bodyStart).deliver(seq, m.from, m.origin, m.cid, m.ts, m.bytes, m.bodyStart, m.bodyEnd);
  }

  receipt(r: Receipt): void {
    const seq = this.inFlight!.add(r);
    this.out().receipt(seq, r.peer, r.kind, r.origin, r.cid, r.ts, r.code, r.upTo);
  }

  /** A signal from another user; dropped when the peer does not read. */
  signalFrom(from: string, body: Uint8Array): void {
    if (this.#phase === 'open' && this.stalledAt === 0) this.out(body.length).signal(from, body);
  }

  // ---- to the socket

  /** A writer with room for a frame with so many body bytes; what is written leaves at the end of the turn. */
  out(bodyBytes = 0): FrameWriter {
    let writer = this.#writer;
    if (writer === null) {
      writer = this.#writer = this.#host.writers.take();
      this.touch();
    } else if (writer.length + bodyBytes > BATCH_BYTES) this.#sendBatch(writer);
    return writer;
  }

  /** Asks for a flush at the end of the turn. */
  touch(): void {
    if (this.#dirty || this.#phase === 'closed') return;
    this.#dirty = true;
    this.#host.dirty(this);
  }

  /** Sends what was written and every answer that is due, as one message where it fits. */
  flush(): void {
    this.#dirty = true;
    if (this.#phase === 'closed') return;
    const { sender } = this;
    if (this.stalledAt === 0 && sender !== null && sender.hasAnswer)
      sender.writeAnswers(this.out(), this.#host.clock.wall, this.#host.histograms?.accept);
    this.#dirty = false;
    const writer = this.#writer;
    if (writer !== null) {
      if (writer.length > 0) this.#sendBatch(writer);
      this.#releaseWriter();
    }
    if (sender !== null && sender.unsettled > MAX_UNSETTLED) this.mailbox?.writeInFlightReceipts(this.inFlight!);
  }

  #sendBatch(writer: FrameWriter): void {
    this.socket.send(writer.take());
    if (this.stalledAt === 0 && this.socket.bufferedBytes > this.limits.backpressureBytes) {
      this.stalledAt = this.#host.clock.mono;
      this.#host.stalled(this);
    }
  }

  #releaseWriter(): void {
    if (this.#writer === null) return;
    this.#host.writers.give(this.#writer);
    this.#writer = null;
  }

  /** ERROR and a close. */
  fail(code: ErrorCode, detail: string, closeCode: number): void {
    if (this.#phase === 'closed') return;
    this.out().error(code, detail);
    this.close(closeCode, code);
  }

  /** Sends what was written, then closes. */
  close(closeCode: number, reason: string): void {
    if (this.#phase === 'closed') return;
    this.flush();
    this.socket.end(closeCode, reason);
    this.closed();
  }
}
