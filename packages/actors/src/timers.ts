import type { Actor } from './actor.js';
import { InfoEnvelope } from './envelope.js';
import { timedOut } from './handling.js';
import type { TimerRef } from './info.js';
import type { PendingCallback } from './pending-callback.js';
import type { Scheduler } from './scheduler.js';
import { status } from './status.js';
import type { System } from './system.js';
import { Timer, type TimerWheel } from './timer-wheel.js';

const { DEAD } = status;

/** The timers of a system: those that actors set, which end with their owner, and the time limits of callbacks. */
export class Timers {
  readonly #system: System;
  readonly #scheduler: Scheduler;
  readonly #wheel: TimerWheel;

  constructor(system: System, scheduler: Scheduler, wheel: TimerWheel) {
    this.#system = system;
    this.#scheduler = scheduler;
    this.#wheel = wheel;
  }

  /** A message or a `Timeout` for `target`, at the expense of `owner`. */
  set(delayMs: number, owner: Actor, target: Actor, payload: unknown, kind: 'message' | 'timeout'): TimerRef {
    const timer = new Timer(kind === 'message' ? timerSends : timerInforms, owner, target, payload);
    if (owner.status & DEAD) return timer as unknown as TimerRef;
    own(timer, owner);
    this.start(timer, Math.max(0, delayMs));
    return timer as unknown as TimerRef;
  }

  /** Puts a timer into the wheel; it fires once, after `delayMs`. */
  start(timer: Timer, delayMs: number): void {
    this.#wheel.add(timer, this.#scheduler.tickAt(this.#scheduler.read() + delayMs));
    this.#scheduler.arm();
  }

  /** Returns the ms that were left, or `false` if it had run out or been cancelled. */
  cancel(ref: TimerRef): number | false {
    if (!(ref instanceof Timer)) return false;
    const left = this.#scheduler.timeAt(ref.tick) - this.#scheduler.read();
    return this.drop(ref) ? Math.max(0, left) : false;
  }

  /** Takes a timer out of the wheel and off its owner. */
  drop(timer: Timer): boolean {
    disown(timer);
    const was = this.#wheel.remove(timer);
    if (this.#wheel.count === 0) this.#scheduler.arm(); // nothing to stay alive for
    return was;
  }

  /** The time limit of a callback whose promise is pending. */
  limit(pending: PendingCallback): Timer {
    const timer = new Timer(limitReached, null, this.#system, pending);
    this.start(timer, this.#system.options.handlerTimeoutMs);
    return timer;
  }

  /** The actor does not wait for its promise any more. */
  dropPending(actor: Actor): void {
    const pending = actor.extras?.pending;
    if (!pending || !actor.extras) return;
    actor.extras.pending = null;
    if (pending.timer) this.drop(pending.timer);
  }

  /** When the next one is due, or `Infinity`. */
  get nextAt(): number {
    return this.#scheduler.timeAt(this.#wheel.nextTick());
  }
}

function own(timer: Timer, owner: Actor): void {
  const extras = owner.needExtras();
  timer.ownerNext = extras.timers;
  if (extras.timers) extras.timers.ownerPrev = timer;
  extras.timers = timer;
}

function disown(timer: Timer): void {
  const extras = timer.owner?.extras;
  if (!extras) return;
  if (timer.ownerPrev) timer.ownerPrev.ownerNext = timer.ownerNext;
  else if (extras.timers === timer) extras.timers = timer.ownerNext;
  if (timer.ownerNext) timer.ownerNext.ownerPrev = timer.ownerPrev;
  timer.ownerPrev = null;
  timer.ownerNext = null;
}

function timerSends(timer: Timer): void {
  disown(timer);
  const target = timer.target as Actor;
  target.system.deliver(target, timer.payload);
}

function timerInforms(timer: Timer): void {
  disown(timer);
  const target = timer.target as Actor;
  target.system.inform(
    target,
    new InfoEnvelope({ type: 'TIMEOUT', timer: timer as unknown as TimerRef, tag: timer.payload }),
  );
}

function limitReached(timer: Timer): void {
  timedOut(timer.target as System, timer.payload as PendingCallback);
}
