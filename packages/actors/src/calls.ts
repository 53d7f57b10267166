import type { Actor } from './actor.js';
import { Call } from './call.js';
import type { RequestRef } from './info.js';
import type { Pid } from './pid.js';
import type { Population } from './population.js';
import type { Scheduler } from './scheduler.js';
import { status } from './status.js';
import type { System } from './system.js';
import { Timer, type TimerWheel } from './timer-wheel.js';
import { addWatch } from './watch.js';

const { DEAD } = status;

const defaultTimeoutMs = 5_000;

/** How calls begin, and their time-outs. */
export class Calls {
  readonly #system: System;
  readonly #population: Population;
  readonly #scheduler: Scheduler;
  readonly #wheel: TimerWheel;
  /** Calls of this turn that have no timer yet; see `time`. */
  readonly #untimed: Call[] = [];

  constructor(system: System, scheduler: Scheduler, wheel: TimerWheel) {
    this.#system = system;
    this.#population = system.population;
    this.#scheduler = scheduler;
    this.#wheel = wheel;
  }

  /** The reply as a promise. `caller` null: code outside of actors. */
  awaited<R>(caller: Actor | null, to: Pid | string, request: unknown, timeoutMs = defaultTimeoutMs): Promise<R> {
    const target = this.#population.find(to);
    const call = new Call(target, caller, request, timeoutMs);
    const promise = new Promise<R>((resolve, reject) => {
      call.resolve = resolve;
      call.reject = reject;
    });
    call.promise = promise;
    this.#place(call, target);
    return promise;
  }

  /** The reply as a message to the caller. */
  requested<R>(caller: Actor, to: Pid | string, request: unknown, timeoutMs = defaultTimeoutMs): RequestRef<R> {
    const target = this.#population.find(to);
    const call = new Call(target, caller, request, timeoutMs);
    this.#place(call, target);
    return call.ref as RequestRef<R>;
  }

  #place(call: Call, target: Actor | null): void {
    const callerHasEnded = call.watcher !== null && (call.watcher.status & DEAD) !== 0;
    if (!target || callerHasEnded) return call.fail('noproc', 'noproc');
    addWatch(call);
    if (call.timeoutMs !== Infinity) {
      call.timedBy = this;
      this.#untimed.push(call);
      if (!this.#scheduler.inTurn) this.time();
    }
    target.system.deliver(target, call);
  }

  /** Sets the timers of the calls of this turn that have not been answered in it: one reading of the clock for all, and none too early. */
  time(): void {
    if (this.#untimed.length === 0) return;
    const now = this.#scheduler.read();
    for (const call of this.#untimed) {
      if (call.settled) continue;
      call.timedBy = null;
      call.timer = new Timer(timedOut, null, this.#system, call);
      this.#wheel.add(call.timer, this.#scheduler.tickAt(now + call.timeoutMs));
    }
    this.#untimed.length = 0;
    this.#scheduler.arm();
  }

  /** The call has been settled before it had a timer. */
  forget(call: Call): void {
    call.timedBy = null;
    if (this.#untimed[this.#untimed.length - 1] === call) this.#untimed.pop();
  }
}

function timedOut(timer: Timer): void {
  (timer.payload as Call).fail('timeout', 'timeout');
}
