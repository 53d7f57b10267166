import type { FrameWriter } from '@mailbeam/protocol';
import { nowUs } from './load-clock.js';
import type { LoadTally } from './load-tally.js';
import { RawConnection } from './raw-connection.js';
import type { SendPlan } from './send-plan.js';
import { ServerFrameReader } from './server-frame-reader.js';
import type { LoadFrameVisitor } from './server-frame-reader.js';
import type { Turn, TurnMember } from './turn.js';

/** What all users of a process share. */
export interface LoadContext {
  readonly port: number;
  readonly turn: Turn;
  readonly tally: LoadTally;
  /** Unacked entries a user asks for in HELLO. */
  readonly window: number;
  /** Body bytes of each SEND, at least 8: the first 8 carry the time of sending. */
  readonly body: Buffer;
}

/** A receipt waits at most this long for a frame to go with. */
export const RECEIPT_ACK_MS = 200;
/** Places for the times of unanswered SENDs; above any `sendWindow`. */
const STAMPS = 512;
/** Frames are read to their end within one callback, so that one reader serves all users. */
const frames = new ServerFrameReader();

/**
 * One user on one connection, by the rules that every benchmark row shares: one WebSocket message a turn; the ACK of a
 * message in the turn it arrived; the ACK of a receipt with the next frame, or after half a window or 200 ms without one.
 */
export class LoadUser implements TurnMember, LoadFrameVisitor {
  readonly name: string;
  isMarked = false;
  private readonly context: LoadContext;
  private connection: RawConnection | undefined;
  private plan: SendPlan | undefined;
  private unanswered = 0;
  private cid = 0;
  private answered = 0;
  private readonly sentAt = new Float64Array(STAMPS);
  private seq = 0;
  private acked = 0;
  private ackDue = false;
  private receiptTimer = false;
  private helloDue = true;
  private payload: Uint8Array = new Uint8Array(0);
  private leaving = false;
  private welcomed: (() => void) | undefined;
  private refused: ((error: Error) => void) | undefined;

  constructor(name: string, context: LoadContext) {
    this.name = name;
    this.context = context;
  }

  /** Connects and says HELLO; resolves at WELCOME. */
  async login(): Promise<void> {
    this.connection = await RawConnection.open({
      port: this.context.port,
      onMessage: (payload) => this.onMessage(payload),
      onClose: (code, reason) => this.onClose(code, reason),
    });
    await new Promise<void>((resolve, reject) => {
      this.welcomed = resolve;
      this.refused = reject;
      this.context.turn.mark(this);
    });
  }

  /** Ends the connection without TIME_WAIT. */
  logout(): void {
    this.leaving = true;
    this.connection?.reset();
  }

  /** Sends what `plan` gives with at most `unanswered` SENDs without an answer; undefined stops. */
  follow(plan: SendPlan | undefined, unanswered: number): void {
    this.plan = plan;
    this.unanswered = unanswered;
    if (plan !== undefined) this.context.turn.mark(this);
  }

  /** True when every SEND has its answer. */
  get isSettled(): boolean {
    return this.cid === this.answered;
  }

  flushTurn(writer: FrameWriter, now: number): void {
    if (this.helloDue) {
      this.helloDue = false;
      writer.hello(this.name, { window: this.context.window, client: 'load', agent: 'mailbeam load' });
    }
    const mark = writer.length;
    if (this.seq > this.acked) writer.ack(this.seq);
    const sent = this.writeSends(writer, now);
    if (sent === 0 && !this.ackDue) {
      if (writer.length > mark) {
        writer.reset();
        this.ackReceiptsLater();
        return;
      }
    } else {
      this.acked = this.seq;
      this.ackDue = false;
    }
    if (writer.length > 0) this.connection!.send(writer.take());
    writer.reset();
  }

  private writeSends(writer: FrameWriter, now: number): number {
    const plan = this.plan;
    if (plan === undefined) return 0;
    const { body, tally } = this.context;
    let sent = 0;
    while (this.cid - this.answered < this.unanswered) {
      const to = plan.next(now);
      if (to === undefined) break;
      const cid = ++this.cid;
      this.sentAt[cid % STAMPS] = plan.stampUs;
      body.writeDoubleLE(plan.stampUs, 0);
      writer.send(cid, to, body);
      sent++;
    }
    tally.sent += sent;
    return sent;
  }

  private ackReceiptsLater(): void {
    if (this.receiptTimer) return;
    this.receiptTimer = true;
    setTimeout(() => {
      this.receiptTimer = false;
      if (this.seq > this.acked) this.makeAckDue();
    }, RECEIPT_ACK_MS);
  }

  private makeAckDue(): void {
    this.ackDue = true;
    this.context.turn.mark(this);
  }

  private onMessage(payload: Uint8Array): void {
    this.payload = payload;
    try {
      frames.read(payload, this);
    } catch (error) {
      this.fail(String(error));
    }
  }

  private onClose(code: number, reason: string): void {
    this.context.tally.closed++;
    if (!this.leaving) this.fail(`closed with ${code} ${reason}`);
  }

  /** What went wrong spoils the window, and a login that waits. */
  private fail(what: string): void {
    const named = `${this.name}: ${what}`;
    this.context.tally.noteFault(named);
    this.refused?.(new Error(named));
  }

  welcome(lastCid: number): void {
    this.cid = this.answered = lastCid;
    this.welcomed?.();
  }

  accepted(cid: number): void {
    const now = nowUs();
    const { tally } = this.context;
    for (let c = this.answered + 1; c <= cid; c++) tally.acceptUs.record(now - this.sentAt[c % STAMPS]!);
    tally.accepted += cid - this.answered;
    this.answered = cid;
    if (this.plan !== undefined) this.context.turn.mark(this);
  }

  rejected(cid: number, code: string, detail: string): void {
    const { tally } = this.context;
    tally.accepted += cid - this.answered - 1;
    tally.rejected++;
    this.answered = cid;
    this.fail(`cid ${cid} rejected ${code} ${detail}`);
    if (this.plan !== undefined) this.context.turn.mark(this);
  }

  deliver(seq: number, bodyStart: number, bodyEnd: number): void {
    this.seq = seq;
    const { tally } = this.context;
    tally.delivered++;
    if (bodyEnd - bodyStart >= 8) tally.deliverUs.record(nowUs() - float64(this.payload, bodyStart));
    this.makeAckDue();
  }

  receipt(seq: number): void {
    this.seq = seq;
    this.context.tally.receipts++;
    if (seq - this.acked >= this.context.window >> 1) this.ackDue = true;
    this.context.turn.mark(this);
  }

  ended(what: string): void {
    if (!this.leaving) this.fail(what);
  }
}

const word = new Float64Array(1);
const wordBytes = new Uint8Array(word.buffer);

/** A little-endian float64, as `writeDoubleLE` wrote it, without a DataView for each message. */
function float64(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) wordBytes[i] = bytes[at + i]!;
  return word[0]!;
}
