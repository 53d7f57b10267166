import type { ModuleUnit } from '@mailbeam/code';
import type { Mailbox } from '../mailbox/mailbox.js';
import type { Receipt } from '../mailbox/receipt.js';
import type { Message } from '../mailbox/request.js';
import type { Request } from '../mailbox/request.js';
import type { Port } from '../port/port.js';
import type { MessageTrace } from '../traces/message-trace.js';
import { Calls } from './calls.js';
import type { Sending, Signalling } from './handling.js';
import { Lane } from './lane.js';
import { Refusal, SeenSignal } from './lane-entry.js';
import type { LaneEntry } from './lane-entry.js';
import type { Reply, ServiceCall } from './service-call.js';
import type { ServiceDesk } from './service-desk.js';
import type { ServiceLimits } from './service-limits.js';
import { ServiceOutlet } from './service-outlet.js';
import type { OutletOwner } from './service-outlet.js';
import { ServiceSender } from './service-sender.js';
import type { ServicesHost } from './services-host.js';
import { chosen } from './service-version.js';

const STOPPED: Reply = { ok: false, code: 'unknown_service', detail: 'the service has been stopped' };

/**
 * A service that runs: its mailbox, its calls and its lanes, and itself as a sender. It takes from its mailbox what its window
 * has room for, and gives each entry to the lane that it belongs to.
 */
export class RunningService implements OutletOwner {
  readonly unit: ModuleUnit;
  readonly address: string;
  readonly desk: ServiceDesk;
  readonly maxAttempts: number;
  readonly outlet: ServiceOutlet;
  /** One state for all, or one for each caller: as its first version says. */
  readonly mode: 'shared' | 'caller';
  readonly #host: ServicesHost;
  readonly #mailbox: Mailbox;
  readonly #sender: ServiceSender;
  readonly #calls: Calls;
  /** By caller; those that were idle longest are at the front. */
  readonly #lanes = new Map<string, Lane>();
  readonly #startLane: (lane: Lane) => void;
  #isReady = false;
  #isStopping = false;
  #isTouched = false;
  #signals = 0;
  #afterHandOver: (() => void)[] = [];
  /** Callbacks that wait for a commit. */
  #flushing = 0;
  #hasEnded = false;
  /** Called when it has let go of everything. */
  onEnded: () => void = () => undefined;

  constructor(
    unit: ModuleUnit,
    origin: number,
    host: ServicesHost,
    desk: ServiceDesk,
    byConnection: Map<Port, number>,
    startLane: (lane: Lane) => void,
  ) {
    this.unit = unit;
    this.address = `$${unit.name}`;
    this.desk = desk;
    this.mode = chosen(unit, '').module.state;
    this.maxAttempts = host.limits.maxAttempts;
    this.#host = host;
    this.#startLane = startLane;
    this.#calls = new Calls(desk.limits, byConnection);
    this.#mailbox = host.open(this.address);
    this.outlet = new ServiceOutlet(this, this.#mailbox);
    this.#sender = new ServiceSender(this.#mailbox, origin, host, this, this.mode === 'caller');
  }

  /** Starts the lane that there is one of; returns what its `init` threw. */
  begin(): unknown {
    if (this.mode === 'caller') return undefined;
    const lane = this.#lane('');
    lane.open();
    return lane.startError;
  }

  /** Attaches it to its mailbox; it takes its first entry once its origin is on disk. */
  attach(): void {
    const { commits } = this.#host;
    this.#mailbox.block();
    this.#mailbox.attach(this.outlet);
    commits.useOrigin(this.address, this.#sender.origin);
    commits.whenFlushed(() => {
      this.#isReady = true;
      this.#mailbox.unblock();
      for (const lane of this.#lanes.values()) lane.give();
      this.#host.wake();
    });
  }

  get isOpen(): boolean {
    return this.#isReady && !this.#isStopping;
  }

  get limits(): ServiceLimits {
    return this.desk.limits;
  }

  get window(): number {
    return this.mode === 'caller' ? this.limits.callerWindow : this.limits.window;
  }

  get windowBytes(): number {
    return this.mode === 'caller' ? this.limits.callerWindowBytes : this.limits.windowBytes;
  }

  get lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  get laneCount(): number {
    return this.#lanes.size;
  }

  /** Calls that wait for their answers. */
  get callsWaiting(): number {
    return this.#calls.waiting;
  }

  delivered(from: string, origin: number, cid: number, requests: Request | null, needsDisk: boolean): void {
    this.#host.dispatch.delivered(this.address, from, origin, cid, requests, needsDisk);
  }

  // ---- what comes in

  message(message: Message): void {
    this.#lane(message.from).push(message);
  }

  receipt(receipt: Receipt): void {
    const lane = this.mode === 'shared' ? this.#lane('') : this.#lanes.get(receipt.peer);
    // nobody is there who would want to hear of it
    if (lane === undefined || (lane.version !== null && lane.version.module.handleReceipt === undefined))
      this.outlet.handled(receipt);
    else lane.push(receipt);
  }

  signal(from: string, body: Uint8Array): void {
    if (!this.isOpen || this.#signals >= this.limits.signals) return;
    this.#signals++;
    this.#lane(from).push(new SeenSignal(from, body));
  }

  call(port: Port, rid: number, method: string, args: Uint8Array): void {
    const call = this.#calls.add(port, rid, method, args, this.#host.clock.mono);
    if (call !== undefined) this.#lane(port.user).push(call);
  }

  #lane(user: string): Lane {
    const caller = this.mode === 'shared' ? '' : user;
    let lane = this.#lanes.get(caller);
    if (lane === undefined) {
      lane = new Lane(this, caller);
      this.#lanes.set(caller, lane);
      if (this.mode === 'caller') this.#endIdlest();
    }
    return lane;
  }

  #endIdlest(): void {
    if (this.#lanes.size <= chosen(this.unit, '').module.callers) return;
    for (const lane of this.#lanes.values()) {
      if (!lane.isIdle || lane.isEnding || !lane.hasActor) continue;
      lane.end();
      if (lane.hasEnded) this.#lanes.delete(lane.caller);
      return;
    }
  }

  // ---- what its lanes say

  startActor(lane: Lane): void {
    this.#startLane(lane);
  }

  /** An entry has left its lane's queue. */
  taken(entry: LaneEntry): void {
    if (entry instanceof SeenSignal) this.#signals--;
  }

  answer(call: ServiceCall, reply: Reply): void {
    this.#calls.answer(call, reply);
  }

  /** Sends what a handling asked for; true when something of it goes to disk. @param trace of what it has handled */
  carryOut(effects: readonly (Sending | Signalling)[], lane: Lane, trace: MessageTrace | null): boolean {
    return this.#sender.carryOut(effects, lane, trace);
  }

  /** Calls back once everything that was sent so far is on disk. */
  whenFlushed(callback: () => void): void {
    this.#afterHandOver.push(callback);
    this.touch();
  }

  /** A message will not be handled any more; calls back once its sender will learn of it, whatever happens. */
  failed(message: Message, callback: () => void): void {
    this.#flushing++;
    this.desk.onDeadLetter(this.address, message, () => {
      this.outlet.fail(message);
      this.whenFlushed(callback);
      this.#flushing--;
    });
  }

  laneIsIdle(lane: Lane): void {
    if (this.mode === 'shared' || lane.isEnding || this.#isStopping) return this.#endIfDone();
    this.#lanes.delete(lane.caller);
    this.#lanes.set(lane.caller, lane);
  }

  laneEnded(lane: Lane): void {
    if (this.#isStopping) return this.#endIfDone();
    if (lane.depth > 0) lane.revive();
    else this.#lanes.delete(lane.caller);
  }

  // ---- turns

  /** Something of it is to be seen to in this turn: acks, answers to what it sent. */
  touch(): void {
    if (this.#isTouched) return;
    this.#isTouched = true;
    this.#host.handOverFirst(this);
    this.#host.wake();
  }

  /** Everything that it sent has been handed over. */
  takeAcks(): void {
    this.#isTouched = false;
    const { commits } = this.#host;
    const callbacks = this.#afterHandOver;
    if (callbacks.length > 0) {
      this.#afterHandOver = [];
      this.#flushing++;
      commits.whenFlushed(() => {
        this.#flushing--;
        for (const callback of callbacks) callback();
        this.#endIfDone();
      });
    }
    this.#sender.takeAnswers((message, lane) => this.#refused(message, lane));
    this.outlet.takeAcks();
  }

  #refused(message: Message, sentBy: Lane | undefined): void {
    this.desk.logOf(this.unit.name, '').debug('a send was rejected', { code: message.rejection!.code });
    const lane = this.mode === 'shared' ? this.#lane('') : sentBy;
    if (lane !== undefined && !lane.isEnding) lane.push(new Refusal(message, this.#host.clock.wall));
  }

  expireCalls(now: number): void {
    this.#calls.expire(now);
  }

  // ---- its end

  /** Lets the entries in hand end, and then everything. What waits stays in the store. */
  stop(): void {
    this.#isStopping = true;
    for (const lane of this.#lanes.values()) lane.end();
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#isStopping || this.#hasEnded || this.#afterHandOver.length > 0 || this.#flushing > 0) return;
    for (const lane of this.#lanes.values()) if (!lane.hasEnded) return;
    this.#hasEnded = true;
    this.#lanes.clear();
    this.outlet.takeAcks();
    this.#calls.answerAll(STOPPED);
    this.#mailbox.detach(this.outlet);
    this.#sender.end();
    this.onEnded();
  }
}
