import type { SpanExport, TraceFigures } from '@mailbeam/telemetry';
import type { SystemClock } from '../clock.js';
import type { Receipt } from '../mailbox/receipt.js';
import type { Message } from '../mailbox/request.js';
import type { Names } from '../privacy/names.js';
import { allowance, MessageTrace, sendAttributes } from './message-trace.js';
import type { Sampler } from './sampler.js';

/** What a trace asks of those who keep it. */
export interface TraceKeeper {
  readonly names: Pick<Names, 'show'>;
  /** Ms since the epoch, with fractions; never goes back but when the wall clock is set. */
  now(): number;
  /** Gives a message its trace, and keeps it among the open ones. */
  keep(message: Message, trace: MessageTrace): MessageTrace;
  /** The message lies on disk: it may come back as another object. */
  stored(mailbox: string, key: number, trace: MessageTrace): void;
  /** The message has left its mailbox. */
  left(trace: MessageTrace): void;
  awaitsReceipt(
    sender: string,
    recipient: string,
    origin: number,
    cid: number,
    hasFailed: boolean,
    trace: MessageTrace,
  ): void;
  over(trace: MessageTrace): void;
}

/** A receipt that is on its way. */
interface Awaited {
  readonly name: string;
  readonly cid: number;
  readonly hasFailed: boolean;
  readonly trace: MessageTrace;
}

/** A step of the wall clock that is more than the grain of both clocks. */
const STEP_MS = 1_000;

/**
 * The traces of a node that are open. It knows those whose message is on disk or whose receipt is on its way by their names, so
 * that neither the store nor the wire has anything of them; a restart forgets them. Past `most` the oldest is let go.
 */
export class Traces implements TraceKeeper {
  readonly sampler: Sampler;
  readonly names: Pick<Names, 'show'>;
  readonly #export: SpanExport;
  readonly #clock: SystemClock;
  readonly #most: number;
  /** Wall clock minus stopwatch. */
  #offset: number;
  /** Oldest first. */
  readonly #open = new Set<MessageTrace>();
  readonly #onDisk = new Map<string, MessageTrace>();
  readonly #diskNames = new Map<MessageTrace, string>();
  readonly #awaited = new Map<string, Set<Awaited>>();
  readonly #awaitedBy = new Map<MessageTrace, Awaited>();

  /** @param most traces that are open at a time */
  constructor(sampler: Sampler, spans: SpanExport, names: Pick<Names, 'show'>, clock: SystemClock, most: number) {
    this.sampler = sampler;
    this.names = names;
    this.#export = spans;
    this.#clock = clock;
    this.#most = most;
    this.#offset = clock.wall - clock.stopwatch();
  }

  get figures(): TraceFigures {
    const { exported, failed, dropped } = this.#export.counts;
    const { taken: sampled, limited } = this.sampler;
    return { sampled, limited, open: this.#open.size, spans: { exported, failed, dropped } };
  }

  now(): number {
    const { wall, mono } = this.#clock;
    // both are read at the start of a turn, and the wall clock by whole ms: only a step of it counts
    if (Math.abs(wall - mono - this.#offset) > STEP_MS) this.#offset = wall - mono;
    return this.#clock.stopwatch() + this.#offset;
  }

  // ---- messages

  /** A SEND has come. */
  received(message: Message): void {
    if (!this.sampler.takes(this.#clock.mono)) return;
    const send = this.#export.begin('send', this.now(), sendAttributes, 'server');
    this.keep(message, new MessageTrace(this, send, allowance()));
  }

  keep(message: Message, trace: MessageTrace): MessageTrace {
    message.trace = trace;
    this.#open.add(trace);
    if (this.#open.size > this.#most) {
      const [oldest] = this.#open;
      oldest!.letGo();
      this.over(oldest!);
    }
    return trace;
  }

  over(trace: MessageTrace): void {
    this.#open.delete(trace);
    this.left(trace);
    const awaited = this.#awaitedBy.get(trace);
    if (awaited === undefined) return;
    this.#awaitedBy.delete(trace);
    const all = this.#awaited.get(awaited.name)!;
    all.delete(awaited);
    if (all.size === 0) this.#awaited.delete(awaited.name);
  }

  // ---- messages on disk

  stored(mailbox: string, key: number, trace: MessageTrace): void {
    if (!this.#open.has(trace)) return;
    const name = diskName(mailbox, key);
    this.#onDisk.set(name, trace);
    this.#diskNames.set(trace, name);
  }

  left(trace: MessageTrace): void {
    const name = this.#diskNames.get(trace);
    if (name === undefined) return;
    this.#diskNames.delete(trace);
    this.#onDisk.delete(name);
  }

  /** The trace of a message that lies on disk; null: it has none. */
  ofStored(mailbox: string, key: number): MessageTrace | null {
    if (this.#onDisk.size === 0) return null;
    return this.#onDisk.get(diskName(mailbox, key)) ?? null;
  }

  // ---- receipts

  awaitsReceipt(
    sender: string,
    recipient: string,
    origin: number,
    cid: number,
    hasFailed: boolean,
    trace: MessageTrace,
  ): void {
    if (!this.#open.has(trace)) return;
    const name = receiptName(sender, recipient, origin);
    const awaited = { name, cid, hasFailed, trace };
    const all = this.#awaited.get(name);
    if (all === undefined) this.#awaited.set(name, new Set([awaited]));
    else all.add(awaited);
    this.#awaitedBy.set(trace, awaited);
  }

  /** A receipt was handed to `sender`. */
  receiptLeft(sender: string, { peer, kind, origin, cid, upTo }: Receipt): void {
    if (this.#awaited.size === 0 || kind === 2) return;
    const awaited = this.#awaited.get(receiptName(sender, peer, origin));
    if (awaited === undefined) return;
    for (const one of awaited) {
      const isCovered =
        kind === 1 ? !one.hasFailed && one.cid <= cid : one.cid >= cid && one.cid <= Math.max(cid, upTo);
      if (isCovered) one.trace.receiptLeft();
    }
  }

  // ---- its end

  /** Ends every open span, and sends what waits. */
  async close(): Promise<void> {
    for (const trace of this.#open) {
      trace.letGo();
      this.over(trace);
    }
    await this.#export.close();
  }
}

const diskName = (mailbox: string, key: number): string => `${key} ${mailbox}`;
const receiptName = (sender: string, recipient: string, origin: number): string => `${origin} ${sender} ${recipient}`;
