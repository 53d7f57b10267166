import { isPlanned } from '@mailbeam/actors';
import type { ExitReason, Pid } from '@mailbeam/actors';
import type { ModuleUnit } from '@mailbeam/code';
import { Fifo } from '../fifo.js';
import { Receipt } from '../mailbox/receipt.js';
import { Message } from '../mailbox/request.js';
import { Handling } from './handling.js';
import { Timer } from './lane-entry.js';
import type { LaneEntry } from './lane-entry.js';
import type { RunningService } from './running-service.js';
import { ServiceCall } from './service-call.js';
import type { Reply } from './service-call.js';
import type { LaneSelf, ServiceDesk } from './service-desk.js';
import { END } from './service-shell.js';
import type { LaneState } from './service-shell.js';
import type { ServiceVersion } from './service-version.js';

/** With which reason the code server has an actor start again: no crash. */
export const RESTART = 'code_rollback';

/**
 * Where entries wait for one actor of a service, which gets one at a time, in order of arrival. It outlives the actor's crash:
 * what was in hand is given again, first and alone (semantics 11.5).
 */
export class Lane {
  /** The user whose state the actor keeps; '' where there is one state for all. */
  readonly caller: string;
  readonly #service: RunningService;
  #queue: Fifo<LaneEntry> | null = null;
  #inHand: LaneEntry | null = null;
  /** Since when, monotonic ms. */
  inHandAt = 0;
  #attempts = 0;
  #self: LaneSelf | null = null;
  #version: ServiceVersion | null = null;
  #state: LaneState | null = null;
  #handling: Handling | null = null;
  /** Handled entries whose end waits until what was sent for them is on disk. */
  #flushing = 0;
  /** Nothing more of it is handled before the end of a message that failed is on disk. */
  #isPaused = false;
  /** An actor was asked for, and will be there again after a crash. */
  hasActor = false;
  #restarts = false;
  /** What the first `init` threw. */
  startError: unknown = undefined;
  isEnding = false;

  constructor(service: RunningService, caller: string) {
    this.#service = service;
    this.caller = caller;
  }

  get unit(): ModuleUnit {
    return this.#service.unit;
  }

  get desk(): ServiceDesk {
    return this.#service.desk;
  }

  /** The version that its actor runs; null while it has none. */
  get version(): ServiceVersion | null {
    return this.#state === null ? null : this.#version;
  }

  get state(): unknown {
    return this.#state?.inner;
  }

  get pid(): Pid<unknown> | null {
    return this.#state === null ? null : this.#self!.pid;
  }

  /** Entries that wait, with the one in hand. */
  get depth(): number {
    return (this.#queue?.length ?? 0) + (this.#inHand === null ? 0 : 1);
  }

  /** True when no actor is to start for it: it ends, or has one. */
  get isClosed(): boolean {
    return this.isEnding || this.#self !== null;
  }

  /** True when its actor has nothing to do, and nothing that it did is unsettled. */
  get isIdle(): boolean {
    return this.depth === 0 && this.#flushing === 0;
  }

  /** What its actor handles, or will again after a crash. */
  get inHand(): LaneEntry | null {
    return this.#inHand;
  }

  hasInHand(entry: LaneEntry): boolean {
    return this.#inHand === entry;
  }

  // ---- entries

  push(entry: LaneEntry): void {
    (this.#queue ??= new Fifo()).push(entry);
    this.open();
    this.give();
  }

  /** Has its actor start, where it has none. */
  open(): void {
    if (this.hasActor || this.isEnding) return;
    this.hasActor = true;
    this.#service.startActor(this);
  }

  /** Gives the actor its next entry, if it has none. */
  give(): void {
    if (this.#inHand !== null || this.#state === null || this.#isPaused || this.isEnding) return;
    if (!this.#service.isOpen) return;
    const entry = this.#next();
    if (entry === undefined) return this.#service.laneIsIdle(this);
    this.#inHand = entry;
    this.inHandAt = this.desk.clock.mono;
    this.#self!.system.send(this.#self!.pid, entry);
  }

  #next(): LaneEntry | undefined {
    const queue = this.#queue;
    if (queue === null) return undefined;
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      if (entry instanceof Timer && entry.isOver) continue;
      if (entry instanceof ServiceCall && entry.isOver) {
        this.#service.answer(entry, { ok: false, code: 'timeout', detail: '' });
        continue;
      }
      this.#service.taken(entry);
      return entry;
    }
    this.#queue = null;
    return undefined;
  }

  // ---- what its actor says

  starting(self: LaneSelf, version: ServiceVersion): void {
    this.#self = self;
    this.#version = version;
    self.system.monitor(self.pid, (down) => this.#ended(self, down.reason));
  }

  initThrew(error: unknown): void {
    this.startError ??= error;
  }

  started(state: LaneState): void {
    this.#state = state;
    this.#version!.stats.instances++;
    const { system, pid } = this.#self!;
    if (this.isEnding) system.send(pid, END);
    else if (this.#inHand !== null && !this.#isPaused) system.send(pid, this.#inHand);
    else this.give();
  }

  /** Its actor runs another version from now on. */
  runs(version: ServiceVersion): void {
    this.#version!.stats.instances--;
    version.stats.instances++;
    this.#version = version;
  }

  begin(): Handling {
    const entry = this.#inHand!;
    const from = entry instanceof Timer ? '' : 'from' in entry ? entry.from : entry.peer;
    this.#handling = new Handling(this.#version!, this.caller, from, this.desk, this.#self!);
    if (entry instanceof Message && entry.trace !== null) entry.trace.handling(this.#version!);
    return this.#handling;
  }

  /** The handling has returned: only now what it asked for takes effect (semantics 11.3). */
  finish(reply: Reply | null): void {
    const entry = this.#inHand!;
    const { effects, from } = this.#handling!;
    this.#handling!.close();
    this.#handling = null;
    this.#inHand = null;
    this.#attempts = 0;
    if (reply !== null) this.#self!.system.noteSentOut(this.#self!.pid, from, reply);
    const trace = entry instanceof Message ? entry.trace : null;
    const hasSent = effects.length > 0 && this.#service.carryOut(effects, this, trace);
    if (trace !== null) trace.handled();
    // one that sent nothing waits too behind one that did: what came from one sender ends in order (semantics 11.4)
    if (hasSent || (this.#flushing > 0 && !(entry instanceof ServiceCall))) this.#settleWhenFlushed(entry, reply);
    else this.#settle(entry, reply);
    if (this.#restarts) this.#exitForRestart();
    else this.give();
  }

  #settleWhenFlushed(entry: LaneEntry, reply: Reply | null): void {
    this.#flushing++;
    this.#service.whenFlushed(() => {
      this.#flushing--;
      this.#settle(entry, reply);
      if (this.isIdle) this.#service.laneIsIdle(this);
    });
  }

  #settle(entry: LaneEntry, reply: Reply | null): void {
    if (entry instanceof Message || entry instanceof Receipt) this.#service.outlet.handled(entry);
    else if (entry instanceof ServiceCall) this.#service.answer(entry, reply!);
  }

  #ended(self: LaneSelf, reason: ExitReason): void {
    if (this.#self !== self) return;
    const handled = this.#handling;
    handled?.close();
    this.#handling = null;
    this.#self = null;
    this.#restarts = false;
    if (this.#state !== null) this.#version!.stats.instances--;
    this.#state = null;
    if (this.isEnding) {
      this.hasActor = false;
      this.#service.laneEnded(this);
      return;
    }
    if (isPlanned(reason)) return; // the node stops
    this.#dropTimers();
    if (reason === RESTART) return;
    this.#version!.stats.crashes++;
    if (handled !== null && this.#inHand instanceof Message) this.#inHand.trace?.crashed();
    if (this.#inHand instanceof Timer) this.#inHand = null;
    else if (handled !== null && ++this.#attempts >= this.#service.maxAttempts) this.#fail();
  }

  /** The entry in hand has crashed its actor as often as it may. */
  #fail(): void {
    const entry = this.#inHand!;
    this.#inHand = null;
    this.#attempts = 0;
    if (entry instanceof Message) {
      this.#isPaused = true;
      this.#service.failed(entry, () => {
        this.#isPaused = false;
        this.give();
      });
    } else this.#settle(entry, { ok: false, code: 'failed', detail: 'its handling crashed' });
  }

  /** Timers end with their actor. */
  #dropTimers(): void {
    for (const entry of this.#queue ?? []) if (entry instanceof Timer) entry.isOver = true;
  }

  // ---- its end

  /** Lets the entry in hand end, and then the actor. What waits is forgotten. */
  end(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.#queue = null;
    if (this.#state !== null) this.#self!.system.send(this.#self!.pid, END);
  }

  /** True when its actor has ended, or there is none that could. */
  get hasEnded(): boolean {
    return this.isEnding && this.#self === null && this.#flushing === 0;
  }

  /** It was ended for being idle, and then something came. */
  revive(): void {
    this.isEnding = false;
    this.open();
  }

  /** Has the actor start again, on the version that is chosen then, between two entries. */
  restart(): void {
    if (this.#handling === null) this.#exitForRestart();
    else this.#restarts = true;
  }

  #exitForRestart(): void {
    this.#restarts = false;
    if (this.#self !== null) this.#self.system.exit(this.#self.pid, RESTART);
  }
}
