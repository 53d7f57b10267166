import { Op } from '@mailbeam/protocol';
import { Fifo } from '../fifo.js';
import type { PortFrame } from './frames.js';

/** Frames, and bytes of their bodies, that came in and are not handled yet. */
const MAX_FRAMES = 10_000;
const MAX_BYTES = 8 << 20;

interface LateAck {
  readonly seq: number;
  /** How many frames came before it. */
  readonly after: number;
}

const NO_ACKS: LateAck[] = [];

/**
 * The frames of one connection that have come and are not handled, in order, and the ACKs that came behind them. It knows
 * which frame the session gets next, after a crash the suspect first and alone, and outlives the session.
 */
export class Backlog {
  #frames = new Fifo<PortFrame>();
  #bytes = 0;
  /** How many at the front of `#frames` the session has been given. */
  #given = 0;
  /** True while the frame in whose handling the session crashed is handled again, by itself. */
  #alone = false;
  #attempts = 0;
  #inHand = false;
  /** Counts handlings: one that was given up may settle later. */
  #handlings = 0;
  #received = 0;
  #handled = 0;
  #acks = NO_ACKS;
  /** What an async handling sent has not reached its mailbox yet. */
  handingOver = false;

  /** Frames that are not handled, with the one in hand. */
  get length(): number {
    return this.#frames.length;
  }

  /** Nothing has come that is not dealt with. */
  get isDone(): boolean {
    return this.#acks.length === 0 && this.#frames.length === 0;
  }

  /** False when there is no room for it. */
  push(frame: PortFrame): boolean {
    const bytes = this.#bytes + frame.bodyBytes;
    if (this.#frames.length >= MAX_FRAMES || bytes > MAX_BYTES) return false;
    this.#bytes = bytes;
    this.#frames.push(frame);
    this.#received++;
    return true;
  }

  /** The body of the frame in hand has become longer, or shorter. */
  grew(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Forgets it all, when the connection has closed; a handling may go on. */
  clear(): void {
    for (const frame of this.#frames) if (frame.op === Op.SEND) frame.trace?.forgotten();
    this.#frames = new Fifo();
    this.#acks = NO_ACKS;
  }

  // ---- the session

  /** The next frame to be given to the session; undefined: none for now. */
  give(): PortFrame | undefined {
    if (this.#alone && this.#given > 0) return undefined;
    const frame = this.#frames.at(this.#given);
    if (frame !== undefined) this.#given++;
    return frame;
  }

  /** True while the session handles a frame. */
  get inHand(): boolean {
    return this.#inHand;
  }

  /** The session begins to handle the first frame; returns the number of this handling. */
  begin(): number {
    this.#inHand = true;
    return ++this.#handlings;
  }

  get handling(): number {
    return this.#handlings;
  }

  /** False for a handling that was given up. */
  isInHand(handling: number): boolean {
    return this.#inHand && handling === this.#handlings;
  }

  /** The handling has returned; false when none was under way. */
  finish(): boolean {
    const was = this.#inHand;
    this.#inHand = false;
    return was;
  }

  /** A session has started: what is in hand has crashed the one before. Returns how often it did; 0: nothing was. */
  restart(): number {
    this.#given = 0;
    if (!this.finish()) return 0;
    this.#alone = true;
    return ++this.#attempts;
  }

  /** The frame in hand. */
  get first(): PortFrame {
    return this.#frames.peek()!;
  }

  /** The first frame is done with; true when others have waited for that. */
  shift(): boolean {
    this.#bytes -= this.#frames.shift()!.bodyBytes;
    this.#given--;
    this.#handled++;
    this.#attempts = 0;
    if (!this.#alone) return false;
    this.#alone = false;
    this.#given = 0;
    return true;
  }

  // ---- acks (semantics 3.3)

  /** True when an ACK that comes now has nothing before it. */
  get ackIsFree(): boolean {
    return !this.handingOver && this.isDone;
  }

  /** An ACK has come behind what is not handled yet. */
  ack(seq: number): void {
    const ack = { seq, after: this.#received };
    if (this.#acks.length === 0) this.#acks = [ack];
    else this.#acks.push(ack);
  }

  /** The first ACK has nothing before it any more. */
  get hasFreeAck(): boolean {
    return this.#acks.length > 0 && this.#acks[0]!.after <= this.#handled;
  }

  /** Takes the `seq` of the first ACK, where {@link hasFreeAck}. */
  takeAck(): number {
    return this.#acks.shift()!.seq;
  }
}
