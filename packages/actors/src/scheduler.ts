import type { Actor } from './actor.js';
import { attend, runSlot } from './handling.js';
import { hostSoon, type WakeUp } from './host.js';
import type { ResolvedOptions } from './options.js';
import { RunQueue } from './run-queue.js';
import { clear, status } from './status.js';
import type { System } from './system.js';
import type { TimerWheel } from './timer-wheel.js';

const { ATTENDED, ATTENTION, BLOCKED, BUSY, QUEUED, RUNNING, TRACED } = status;

const settledPromise = Promise.resolve();
/** An await takes one microtask, or a few where promises are wrapped in promises. */
const mostPatience = 4;

/**
 * Turns: due timers, then slots, until none is runnable or the turn's reductions or its time are spent; then the host's event loop has its turn.
 * Actors with something in their control lane go before every slot.
 */
export class Scheduler {
  readonly queue = new RunQueue();
  readonly #system: System;
  readonly #options: ResolvedOptions;
  readonly #wheel: TimerWheel;
  #attended: Actor[] = [];
  #attending: Actor[] = [];
  #inTurn = false;
  #asked = false;
  #wakeAt = Infinity;
  #wakeUp: WakeUp | null = null;
  #keptAlive = true;
  #startHooks: readonly (() => void)[] = [];
  #endHooks: readonly (() => void)[] = [];
  turns = 0;
  /** How long turns took, in ms: all, the last, the longest. */
  turnMs = 0;
  lastTurnMs = 0;
  longestTurnMs = 0;
  #began = 0;
  reductions = 0;
  /** The turn's clock reading, and the same in whole ms since the system was made. */
  now: number;
  tick = 0;
  readonly #origin: number;
  /** Of the turn that lasts: reductions left, reductions since the clock was looked at, and when its time is spent. */
  #left = 0;
  #unwatched = 0;
  #deadline = 0;
  /**
   * The turn lasts while microtasks run: callers of awaited calls go on in them, so that a call and its answer need no round of the event loop. Only in the turns that the default
   * host runs: one that brings its own `schedule` may look at the system as soon as a turn has returned.
   */
  #lingering = false;
  /** Microtasks that the turn still waits for a message. */
  #patience = 0;
  readonly #run = (): void => {
    this.#asked = false;
    this.#turn(this.#options.schedule === hostSoon);
  };
  readonly #goOn = (): void => {
    if (this.#lingering) this.#turn(true);
  };

  constructor(system: System, options: ResolvedOptions, wheel: TimerWheel) {
    this.#system = system;
    this.#options = options;
    this.#wheel = wheel;
    this.now = options.now();
    this.#origin = this.now;
  }

  get inTurn(): boolean {
    return this.#inTurn;
  }

  /** Appends a runnable actor that is not in the queue. */
  push(actor: Actor): void {
    this.queue.push(actor);
    if (!this.#asked && !this.#inTurn) this.ask();
  }

  /** Its control lane is seen to before the next slot. */
  attendSoon(actor: Actor): void {
    if (actor.status & ATTENDED) return;
    actor.status |= ATTENDED;
    this.#attended.push(actor);
    if (!this.#asked && !this.#inTurn) this.ask();
  }

  ask(): void {
    this.#asked = true; // first: a host may run it at once
    try {
      this.#options.schedule(this.#run);
    } catch (error) {
      this.#asked = false;
      throw error;
    }
  }

  /** A fresh reading of the clock, for what must not be early. `now` keeps the turn's reading while a turn lasts. */
  read(): number {
    const fresh = Math.max(this.#options.now(), this.now);
    if (!this.#inTurn) this.#note(fresh);
    return fresh;
  }

  #note(now: number): void {
    this.now = now;
    this.tick = Math.floor(now - this.#origin);
  }

  /** The wheel's tick for a moment, rounded up: a timer is never early. */
  tickAt(time: number): number {
    return Math.ceil(time - this.#origin);
  }

  timeAt(tick: number): number {
    return this.#origin + tick;
  }

  /** Has the host call back when the next timer is due. */
  arm(): void {
    if (this.#inTurn) return;
    const tick = this.#wheel.nextTick();
    if (tick < this.#wakeAt) this.#wake(tick);
    const needed = tick !== Infinity;
    if (this.#wakeUp && needed !== this.#keptAlive) {
      this.#wakeUp.keepAlive?.(needed);
      this.#keptAlive = needed;
    }
  }

  #wake(tick: number): void {
    this.disarm();
    this.#wakeAt = tick;
    const delay = Math.max(0, this.timeAt(tick) - this.#options.now());
    this.#wakeUp = this.#options.scheduleLater(() => {
      this.disarm();
      this.#turn(this.#options.schedule === hostSoon);
    }, Math.ceil(delay));
  }

  disarm(): void {
    this.#wakeUp?.cancel();
    this.#wakeUp = null;
    this.#wakeAt = Infinity;
    this.#keptAlive = true;
  }

  onStart(fn: () => void): () => void {
    this.#startHooks = [...this.#startHooks, fn];
    return () => (this.#startHooks = this.#startHooks.filter((hook) => hook !== fn));
  }

  onEnd(fn: () => void): () => void {
    this.#endHooks = [...this.#endHooks, fn];
    return () => (this.#endHooks = this.#endHooks.filter((hook) => hook !== fn));
  }

  /** One turn, whole: callers of awaited calls that go on in microtasks have the next one. */
  turn(): void {
    this.#turn(false);
  }

  /** An awaited call has been answered: whoever made it goes on in a microtask, and the turn, where its host lets it, waits for what that brings. */
  linger(): void {
    this.#patience = mostPatience;
  }

  #turn(mayLinger: boolean): void {
    if (this.#inTurn && !this.#lingering) return;
    let isWhole = false;
    try {
      if (this.#lingering) this.#lingering = false;
      else this.#begin();
      this.#slots();
      isWhole = true;
    } finally {
      if (!isWhole) this.#close();
    }
    if (mayLinger && this.#patience > 0 && this.#left > 0) {
      this.#patience -= 1;
      this.#lingering = true;
      void settledPromise.then(this.#goOn); // behind the microtasks of the answers
    } else this.#end();
  }

  #begin(): void {
    this.#inTurn = true;
    this.turns += 1;
    const began = Math.max(this.#options.now(), this.now);
    this.#note(began);
    const { stopwatch } = this.#options;
    this.#began = stopwatch === this.#options.now ? began : stopwatch();
    this.#left = this.#options.reductionsPerTurn;
    this.#unwatched = 0;
    this.#deadline = this.#began + this.#options.turnBudgetMs;
    this.#patience = 0;
    this.#system.heartbeat?.turn(true);
    for (const hook of this.#startHooks) this.#system.hooks.guarded(hook, undefined);
    this.#wheel.advance(this.tick);
  }

  #end(): void {
    for (const hook of this.#endHooks) this.#system.hooks.guarded(hook, undefined);
    this.#close();
    if (!this.#asked && (this.queue.length > 0 || this.#attended.length > 0)) this.ask();
    this.#system.calls.time();
    this.arm();
  }

  #close(): void {
    this.#inTurn = false;
    this.#system.heartbeat?.turn(false);
    this.lastTurnMs = Math.max(0, this.#options.stopwatch() - this.#began);
    this.turnMs += this.lastTurnMs;
    if (this.lastTurnMs > this.longestTurnMs) this.longestTurnMs = this.lastTurnMs;
  }

  #slots(): void {
    const { reductionsPerSlot, stopwatch } = this.#options;
    while (this.#left > 0) {
      let count: number;
      if (this.#attended.length > 0) count = this.#attend();
      else {
        const actor = this.queue.shift();
        if (!actor) return;
        count = this.#slot(actor, reductionsPerSlot);
      }
      this.#left -= count;
      this.#unwatched += count;
      if (this.#unwatched >= reductionsPerSlot) {
        this.#unwatched = 0;
        if (stopwatch() >= this.#deadline) this.#left = 0;
      }
    }
  }

  #slot(actor: Actor, limit: number): number {
    if ((actor.status & (ATTENTION | TRACED)) !== 0) {
      if ((actor.status & ATTENTION) === 0) return this.#tracedSlot(actor, limit);
      if ((actor.status & BUSY) === 0) attend(this.#system, actor);
      this.#again(actor);
      return 1;
    }
    const count = runSlot(this.#system, actor, limit);
    this.reductions += count;
    if (actor.depth > 0) this.#again(actor);
    return count;
  }

  /** The slot of an actor that is traced: message by message, as long as the trace takes events. */
  #tracedSlot(actor: Actor, limit: number): number {
    const { stopwatch } = this.#options;
    let count = 0;
    while (count < limit && actor.depth > 0 && (actor.status & (ATTENTION | TRACED)) === TRACED) {
      const { tracing } = this.#system;
      if (!tracing?.listens(actor)) {
        const rest = runSlot(this.#system, actor, limit - count);
        tracing?.leaveOut(actor, rest);
        count += rest;
        break;
      }
      const message = actor.first;
      const began = stopwatch();
      count += runSlot(this.#system, actor, 1);
      tracing.handled(actor, message, began);
    }
    this.reductions += count;
    this.#again(actor);
    return Math.max(1, count);
  }

  #again(actor: Actor): void {
    if (actor.depth > 0 && (actor.status & (BLOCKED | QUEUED | RUNNING)) === 0) this.queue.push(actor);
  }

  /** One round of the actors that have something in their control lanes; who gets more meanwhile is in the next round. */
  #attend(): number {
    const round = this.#attended;
    this.#attended = this.#attending;
    this.#attending = round;
    let count = 0;
    for (const actor of round) {
      clear(actor, ATTENDED);
      count += 1 + attend(this.#system, actor);
      this.#again(actor);
    }
    round.length = 0;
    return count;
  }
}
