import { types } from 'node:util';
import { CloseCode, limits as protocolLimits, nameKind } from '@mailbeam/protocol';
import type { ErrorCode, FrameWriter, RejectCode } from '@mailbeam/protocol';
import type { SessionLimits, SessionPort } from '@mailbeam/handler';
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
import { Backlog } from './backlog.js';
import type { ClientSocket } from './client-socket.js';
import type { PortFrame } from './frames.js';
import { InFlight } from './in-flight.js';
import type { PortHost, PortLimits } from './port-host.js';
import { Budget } from './rate.js';
import type { SessionVersion, ShellState } from './session-shell.js';
import { Verdict } from './verdict.js';

/** A batch of frames is sent on its own once it has this many bytes. */
const BATCH_BYTES = 65_536;
/** So many requests of a sender may be settled by receipts that are only in memory (semantics 2.8). */
const MAX_UNSETTLED = 1_024;

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
  #backlog: Backlog | null = null;
  #screen: Screen | null = null;
  #verdict: Verdict | null = null;
  /** What is wrong with a frame that has come. */
  #fault: string | null = null;
  #lastCid = 0;
  #writer: FrameWriter | null = null;
  #dirty = false;
  /** Since when the peer does not read, monotonic ms; 0 = it reads (semantics 9.3). */
  stalledAt = 0;
  #rate: Budget | null = null;
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
    return this.sender === null ? 0 : this.sender.inWindow;
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
    this.#backlog?.clear();
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
    const backlog = this.#backlog;
    if (backlog === null || backlog.ackIsFree) acknowledge(this, seq, this.#host);
    else backlog.ack(seq);
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
    const backlog = (this.#backlog ??= new Backlog());
    if (!backlog.push(frame)) {
      this.fail('rate_limited', 'frames come faster than they can be handled', CloseCode.RATE_LIMITED);
      return false;
    }
    this.#giveMore();
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
    if (this.#fault === null || (this.#backlog !== null && !this.#backlog.isDone)) return;
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
    const backlog = this.#backlog;
    if (backlog !== null && backlog.restart() >= this.limits.maxAttempts) {
      this.#host.dispatch.crashed(this, backlog.first);
      this.#handled(backlog);
      return;
    }
    this.#giveMore();
  }

  /** The session begins to handle a frame; returns the number of this handling. */
  begin(): number {
    (this.#verdict ??= new Verdict()).clear();
    return this.#backlog!.begin();
  }

  /** False for a handling that was given up: its session has crashed or ended meanwhile. */
  isInHand(handling: number): boolean {
    return this.#backlog!.isInHand(handling);
  }

  /** Takes a message that the session has let pass through the interceptors; a promise when one of them needs time. */
  screen(frame: PortFrame): Promise<void> | undefined {
    const { interceptors } = this.#host;
    if (interceptors.isEmpty || !(frame instanceof Message) || !this.#verdict!.routes || this.#phase !== 'open')
      return undefined;
    const { handling } = this.#backlog!;
    if (frame.trace !== null) frame.trace.screening();
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
    if (message.trace !== null)
      message.trace.screened(screened === null || screened instanceof SeenEnvelope ? '' : screened.code);
    if (screened === null) return;
    if (!(screened instanceof SeenEnvelope)) {
      this.#verdict!.refuse(screened);
      return;
    }
    if (screened.isChanged || screened.isDiverted) {
      this.#backlog!.grew(screened.body.length - message.bodyBytes);
      message.alter(screened.to, screened.toKind, screened.body);
    }
    for (const { service, body } of screened.tells) this.#host.dispatch.tell(this, service, body);
  }

  /** Frames that wait for their session, without the one in hand. */
  get framesWaiting(): number {
    const backlog = this.#backlog;
    return backlog === null ? 0 : backlog.length - (backlog.inHand ? 1 : 0);
  }

  /** True when the session has rejected the frame in hand. */
  get rejects(): boolean {
    return this.#verdict !== null && this.#verdict.rejects;
  }

  /** The session has handled the frame: only now what it asked for takes effect (semantics 5.3). */
  finish(frame: PortFrame): void {
    const backlog = this.#backlog!;
    if (!backlog.finish() || this.#phase !== 'open') return;
    this.#verdict!.apply(frame, this, this.#host);
    this.#handled(backlog);
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

  #handled(backlog: Backlog): void {
    // what it asked for may have closed the connection
    if (backlog.length === 0) return;
    const othersWaited = backlog.shift();
    if (backlog.hasFreeAck) this.#host.handOverFirst(this);
    if (othersWaited) this.#giveMore();
    this.#failWhenHandled();
  }

  /** An async handling has settled between two turns: what it sent is handed over in the next one, before any ACK (semantics 3.3). */
  settledLate(): void {
    this.#backlog!.handingOver = true;
    this.#host.handOverFirst(this);
    this.#host.wake();
  }

  /** Takes the ACKs that came behind frames whose SENDs have reached their mailboxes by now (semantics 3.3). */
  takeAcks(): void {
    const backlog = this.#backlog!;
    backlog.handingOver = false;
    while (backlog.hasFreeAck) acknowledge(this, backlog.takeAck(), this.#host);
    this.#failWhenHandled();
  }

  #giveMore(): void {
    const backlog = this.#backlog;
    if (backlog === null || this.session === null || this.stalledAt > 0) return;
    for (let frame = backlog.give(); frame !== undefined; frame = backlog.give()) this.#host.give(this, frame);
  }

  /** Enters a request into the sender's book. */
  number(request: Message | ReadRequest): void {
    const sender = this.sender!;
    request.sender = sender;
    if (request instanceof Message) {
      request.from = sender.user;
      request.origin = sender.origin;
      if (request.trace !== null) request.trace.numbered(request, this.sessionVersion ?? undefined);
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
