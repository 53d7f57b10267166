import type { Actor } from './actor.js';
import { shapeOfHeld } from './envelope.js';
import { ActorError } from './errors.js';
import { shapeOf } from './message-shape.js';
import type { PendingCallback } from './pending-callback.js';
import type { Pid } from './pid.js';
import { roughSize } from './rough-size.js';
import { clear, status } from './status.js';
import type { System } from './system.js';

interface TraceBase {
  /** The traced actor. */
  readonly pid: number;
  readonly name: string | undefined;
  readonly behaviour: string;
  readonly version: string;
  /** The message's shape, never its content; see `shapeOf`. */
  readonly message: string;
  /** Messages that wait in the traced actor's mailbox. */
  readonly depth: number;
  /** Clock reading of the turn, ms. */
  readonly at: number;
  /** Events left out since the last one that was told, because there were too many. */
  readonly missed: number;
}

/**
 * What a trace tells:
 * - `received`: something came into the mailbox, or was refused by its bound
 * - `sent`: the actor sent, asked or replied; `to` is a pid, a name, `'caller'` for a reply, or `mailbox NAME` for what the host told by `noteSentOut`
 * - `handled`: a message was handled; an async handler when its promise has settled. `tookMs` by the system's `stopwatch`, `stateBytes` as {@link roughSize} tells
 */
export type TraceEvent =
  | (TraceBase & { readonly type: 'received' })
  | (TraceBase & { readonly type: 'sent'; readonly to: string })
  | (TraceBase & { readonly type: 'handled'; readonly tookMs: number; readonly stateBytes: number });

export interface TraceOptions {
  /** Most events told in a second; the others are counted. Integer from 1 to 10,000. Default 100. */
  readonly maxPerSecond?: number;
}

/** A trace that is on. */
export interface Trace {
  /** Ends it. Twice is once. */
  stop(): void;
  /** All events that were left out so far. */
  readonly missed: number;
}

/** What only a traced event knows; computed only if the event is told. */
type Detail = { type: 'received' } | { type: 'sent'; to: string } | { type: 'handled'; tookMs: number };

/** One trace and its limit. */
class Tracer implements Trace {
  readonly target: Actor | string;
  readonly #tracing: Tracing;
  readonly #onEvent: (event: TraceEvent) => void;
  readonly #maxPerSecond: number;
  #second = -Infinity;
  #told = 0;
  #missedSince = 0;
  missed = 0;

  constructor(target: Actor | string, tracing: Tracing, onEvent: (event: TraceEvent) => void, maxPerSecond: number) {
    this.target = target;
    this.#tracing = tracing;
    this.#onEvent = onEvent;
    this.#maxPerSecond = maxPerSecond;
  }

  covers(actor: Actor): boolean {
    return typeof this.target === 'string' ? actor.behaviour.name === this.target : actor === this.target;
  }

  /** Whether one more event may be told now. */
  open(now: number): boolean {
    if (now - this.#second >= 1_000) {
      this.#second = now;
      this.#told = 0;
    }
    return this.#told < this.#maxPerSecond;
  }

  leaveOut(count: number): void {
    this.missed += count;
    this.#missedSince += count;
  }

  tell(system: System, event: TraceEvent): void {
    this.#told += 1;
    const missed = this.#missedSince;
    this.#missedSince = 0;
    system.hooks.guarded(this.#onEvent, { ...event, missed });
  }

  stop(): void {
    this.#tracing.stop(this);
  }
}

/** All traces of a system; made with the first, gone with the last. An actor that is traced has the bit TRACED, and nothing else in the runtime asks. */
export class Tracing {
  readonly #system: System;
  readonly #tracers = new Set<Tracer>();
  /** When async handlers of traced actors began. */
  readonly #began = new WeakMap<PendingCallback, number>();
  /** An event is being told: what the one who hears it does is not traced. */
  #telling = false;

  constructor(system: System) {
    this.#system = system;
  }

  start(target: Pid | string, onEvent: (event: TraceEvent) => void, options: TraceOptions): Trace {
    const { maxPerSecond = 100, ...unknown } = options;
    for (const key of Object.keys(unknown)) throw new ActorError('bad_option', `unknown trace option ${key}`);
    if (!(Number.isInteger(maxPerSecond) && maxPerSecond >= 1 && maxPerSecond <= 10_000))
      throw new ActorError(
        'bad_option',
        `maxPerSecond is ${String(maxPerSecond)}, must be an integer from 1 to 10,000`,
      );
    const tracer = new Tracer(target as Actor | string, this, onEvent, maxPerSecond);
    this.#tracers.add(tracer);
    this.#markAll(tracer);
    return tracer;
  }

  stop(tracer: Tracer): void {
    if (!this.#tracers.delete(tracer)) return;
    this.#markAll(tracer);
    if (this.#tracers.size === 0) this.#system.tracing = null;
  }

  /** Sets the bit of an actor as the traces want it. */
  mark(actor: Actor): void {
    clear(actor, status.TRACED);
    if (actor.status & status.DEAD) return;
    for (const tracer of this.#tracers) if (tracer.covers(actor)) actor.status |= status.TRACED;
  }

  #markAll(tracer: Tracer): void {
    if (typeof tracer.target !== 'string') return this.mark(tracer.target);
    for (const pid of this.#system.actors()) if (tracer.covers(pid as Actor)) this.mark(pid as Actor);
  }

  received(actor: Actor, message: unknown): void {
    this.#event(actor, message, { type: 'received' });
  }

  sent(actor: Actor, to: string, message: unknown): void {
    this.#event(actor, message, { type: 'sent', to });
  }

  handled(actor: Actor, message: unknown, began: number): void {
    const pending = actor.extras?.pending;
    if (pending) this.#began.set(pending, began);
    else this.#event(actor, message, { type: 'handled', tookMs: this.#system.options.stopwatch() - began });
  }

  settled(pending: PendingCallback): void {
    const began = this.#began.get(pending);
    if (began !== undefined)
      this.#event(pending.actor, pending.message, {
        type: 'handled',
        tookMs: this.#system.options.stopwatch() - began,
      });
  }

  /** Whether a trace of the actor would tell an event now. If not, `count` messages that are handled meanwhile need no clock. */
  listens(actor: Actor): boolean {
    for (const tracer of this.#tracers) if (tracer.covers(actor) && tracer.open(this.#system.now)) return true;
    return false;
  }

  leaveOut(actor: Actor, count: number): void {
    for (const tracer of this.#tracers) if (tracer.covers(actor)) tracer.leaveOut(count);
  }

  #event(actor: Actor, message: unknown, detail: Detail): void {
    let event: TraceEvent | undefined;
    for (const tracer of this.#tracers) {
      if (!tracer.covers(actor)) continue;
      if (this.#telling || !tracer.open(this.#system.now)) {
        tracer.leaveOut(1);
        continue;
      }
      event ??= eventOf(this.#system, actor, message, detail);
      this.#telling = true;
      tracer.tell(this.#system, event);
      this.#telling = false;
    }
  }
}

function eventOf(system: System, actor: Actor, message: unknown, detail: Detail): TraceEvent {
  const base: TraceBase = {
    pid: actor.id,
    name: actor.extras?.name,
    behaviour: actor.behaviour.name,
    version: actor.behaviour.version,
    message: detail.type === 'sent' ? shapeOf(message) : shapeOfHeld(message),
    depth: actor.depth,
    at: system.now,
    missed: 0,
  };
  if (detail.type !== 'handled') return { ...base, ...detail };
  return { ...base, ...detail, stateBytes: roughSize(actor.state) };
}
