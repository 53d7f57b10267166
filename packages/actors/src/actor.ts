import type { AnyBehaviour, Behaviour, Self } from './behaviour.js';
import { Call } from './call.js';
import type { AnyCall, Anything, ReplyTo, RequestOf } from './call-types.js';
import type { ControlItem } from './control.js';
import { ActorError } from './errors.js';
import { ExitThrow, type ExitReason } from './exit-reason.js';
import type { From, MonitorRef, RequestRef, TimerRef } from './info.js';
import { unlink } from './links.js';
import { Mailbox } from './mailbox.js';
import type { MailboxBound } from './mailbox-bound.js';
import type { PendingCallback } from './pending-callback.js';
import type { Pid } from './pid.js';
import { clear, status } from './status.js';
import type { System } from './system.js';
import type { SpawnOptions } from './system-types.js';
import type { Timer } from './timer-wheel.js';
import { Monitor, type Watch } from './watch.js';

const { AWAITING, CONTROL, DEAD, RUNNING, SLEEPY, STOPPING, TERMINATING, TRACED, TRAP_EXIT } = status;

/** What most actors do not have; made when first needed, so that an idle actor stays small. */
export class Extras {
  declare name: string | undefined;
  declare bound: MailboxBound | null;
  /** The control lane; not null while controlCount > 0. */
  declare control: Mailbox | null;
  declare controlCount: number;
  /** Infos of the control lane that wait until a suspended actor is resumed. */
  declare held: ControlItem[] | null;
  /** The promise that the actor waits for. */
  declare pending: PendingCallback | null;
  /** With STOPPING: why it is to end after the callback, and whether `terminate` runs. */
  declare stopReason: ExitReason;
  declare stopOrderly: boolean;
  declare watching: Watch | null;
  declare timers: Timer | null;

  constructor() {
    this.name = undefined;
    this.bound = null;
    this.control = null;
    this.controlCount = 0;
    this.held = null;
    this.pending = null;
    this.stopReason = 'normal';
    this.stopOrderly = true;
    this.watching = null;
    this.timers = null;
  }
}

/**
 * One actor: what the runtime keeps of it, what others hold as its pid, and what its callbacks get as `self`, in a single object (176 bytes) so that a
 * million of them fit. The type each reader gets (`Pid`, `Self`) shows it only its own side.
 */
export class Actor implements Pid<unknown, AnyCall>, Self<unknown, AnyCall> {
  declare readonly id: number;
  declare readonly system: System;
  /** Replaced by a change of code, between two messages. */
  declare behaviour: AnyBehaviour;
  /** After the end: the exit reason. */
  declare state: unknown;
  /** Bits of `status.ts`. */
  declare status: number;
  declare depth: number;
  declare received: number;
  declare handled: number;
  /** The oldest waiting message and its tick; valid while depth > 0. */
  declare first: unknown;
  declare firstAt: number;
  /** Those behind it; not null while depth > 1. */
  declare rest: Mailbox | null;
  declare nextRunnable: Actor | null;
  /** One link needs no set: most actors have only that with their supervisor. */
  declare links: Actor | Set<Actor> | null;
  declare parent: Actor | null;
  /** Who hears of its end: monitors and pending calls. */
  declare watchers: Watch | null;
  declare extras: Extras | null;
  declare mailboxClass: string;
  /** The list of all living actors, in order of spawning. */
  declare older: Actor | null;
  declare younger: Actor | null;

  constructor(id: number, system: System, behaviour: AnyBehaviour, mailboxClass: string) {
    this.id = id;
    this.system = system;
    this.behaviour = behaviour;
    this.state = undefined;
    this.status = 0;
    this.depth = 0;
    this.received = 0;
    this.handled = 0;
    this.first = undefined;
    this.firstAt = 0;
    this.rest = null;
    this.nextRunnable = null;
    this.links = null;
    this.parent = null;
    this.watchers = null;
    this.extras = null;
    this.mailboxClass = mailboxClass;
    this.older = null;
    this.younger = null;
  }

  // ---- the runtime's side ----

  needExtras(): Extras {
    return (this.extras ??= new Extras());
  }

  /** Appends to the mailbox. Returns whether it was empty. */
  put(message: unknown, tick: number): boolean {
    this.received += 1;
    this.depth += 1;
    if (this.depth === 1) {
      this.first = message;
      this.firstAt = tick;
      return true;
    }
    this.rest ??= new Mailbox();
    if (this.rest.push(message, tick)) this.system.hooks.mailboxGrew(this);
    return false;
  }

  /** Takes the oldest message. Depth is over 0. */
  take(): unknown {
    const message = this.first;
    this.depth -= 1;
    if (this.depth === 0) {
      this.first = undefined;
      return message;
    }
    const rest = this.rest as Mailbox;
    this.first = rest.shift();
    this.firstAt = rest.shiftedAt;
    if (this.depth === 1) {
      rest.release();
      this.rest = null;
    }
    return message;
  }

  /** Puts what `take` returned back to the front. */
  putBack(message: unknown, tick: number): void {
    this.depth += 1;
    if (this.depth > 1) {
      this.rest ??= new Mailbox();
      this.rest.unshift(this.first, this.firstAt);
    }
    this.first = message;
    this.firstAt = tick;
  }

  putControl(item: ControlItem): void {
    const extras = this.needExtras();
    extras.control ??= new Mailbox();
    extras.control.push(item, 0);
    extras.controlCount += 1;
    this.status |= CONTROL;
  }

  takeControl(): ControlItem | undefined {
    const { extras } = this;
    if (!extras || extras.controlCount === 0) return undefined;
    const item = (extras.control as Mailbox).shift() as ControlItem;
    extras.controlCount -= 1;
    if (extras.controlCount === 0) {
      extras.control?.release();
      extras.control = null;
      clear(this, CONTROL);
    }
    return item;
  }

  /** Puts the infos that were held back to the front of the control lane. */
  releaseHeld(): void {
    const held = this.extras?.held;
    if (!held || !this.extras) return;
    this.extras.held = null;
    for (let item = this.takeControl(); item; item = this.takeControl()) held.push(item);
    for (const item of held) this.putControl(item);
  }

  /** Gives the extras up if they hold nothing. */
  dropEmptyExtras(): void {
    const { extras } = this;
    if (!extras || extras.controlCount > 0 || (this.status & STOPPING) !== 0) return;
    const { name, bound, held, pending, watching, timers } = extras;
    if (name === undefined && !bound && !held && !pending && !watching && !timers) this.extras = null;
  }

  /** Throws all messages away. Returns how many. */
  emptyMailbox(): number {
    const lost = this.depth;
    this.rest?.release();
    this.rest = null;
    this.first = undefined;
    this.depth = 0;
    return lost;
  }

  // ---- the behaviour's side: Self ----

  get pid(): Pid<unknown, AnyCall> {
    return this;
  }

  get now(): number {
    return this.system.now;
  }

  get registeredName(): string | undefined {
    return this.extras?.name;
  }

  send<N>(to: Pid<N> | string, message: N): boolean {
    if ((this.status & (TRACED | DEAD)) !== 0) return sendOther(this, to, message);
    return this.system.send(to, message);
  }

  cast<N>(to: Pid<N> | string, message: N): boolean {
    return this.send(to, message);
  }

  sendAfter<N>(delayMs: number, message: N, to?: Pid<N>): TimerRef {
    mustLive(this);
    return this.system.timers.set(delayMs, this, (to ?? this) as Actor, message, 'message');
  }

  startTimer(delayMs: number, tag: unknown): TimerRef {
    mustLive(this);
    return this.system.timers.set(delayMs, this, this, tag, 'timeout');
  }

  cancelTimer(timer: TimerRef): number | false {
    return this.system.timers.cancel(timer);
  }

  spawn<A, S, N, D extends AnyCall>(behaviour: Behaviour<A, S, N, D>, arg: A, options?: SpawnOptions): Pid<N, D> {
    mustLive(this);
    return this.system.spawn(behaviour, arg, options);
  }

  spawnLink<A, S, N, D extends AnyCall>(behaviour: Behaviour<A, S, N, D>, arg: A, options?: SpawnOptions): Pid<N, D> {
    mustLive(this);
    return this.system.spawn(behaviour, arg, { ...options, link: this });
  }

  spawnMonitor<A, S, N, D extends AnyCall>(
    behaviour: Behaviour<A, S, N, D>,
    arg: A,
    options?: SpawnOptions,
  ): [pid: Pid<N, D>, ref: MonitorRef] {
    mustLive(this);
    return this.system.spawnWatched(behaviour, arg, options, this);
  }

  link(pid: Pid): void {
    mustLive(this);
    this.system.link(this, pid as Actor);
  }

  unlink(pid: Pid): void {
    unlink(this, pid as Actor);
  }

  monitor(target: Pid | string): MonitorRef {
    mustLive(this);
    return this.system.watch(target, this, null).ref;
  }

  demonitor(ref: MonitorRef): void {
    if (ref instanceof Monitor) ref.cancel();
  }

  trapExit(on: boolean): boolean {
    const was = (this.status & TRAP_EXIT) !== 0;
    if (on) this.status |= TRAP_EXIT;
    else clear(this, TRAP_EXIT);
    return was;
  }

  exit(reason: ExitReason): never;
  exit(target: Pid, reason: ExitReason): void;
  exit(...args: [ExitReason] | [Pid, ExitReason]): void {
    // oxlint-disable-next-line typescript/only-throw-error -- it is no error, and the stack of one would be paid for at every planned exit
    if (args.length === 1) throw new ExitThrow(args[0]);
    this.system.exitFrom(this, args[0] as Actor, args[1]);
  }

  stop(reason: ExitReason = 'normal'): void {
    if (this.status & (STOPPING | TERMINATING | DEAD)) return;
    if (reason !== 'normal' || this.extras) {
      const extras = this.needExtras();
      extras.stopReason = reason;
      extras.stopOrderly = true;
    } // without extras: 'normal', and in good order
    this.status |= STOPPING;
    if ((this.status & RUNNING) === 0) this.system.attendSoon(this); // else whoever called the callback sees to it
  }

  hibernate(): void {
    if (this.status & (TERMINATING | DEAD)) return;
    this.status |= SLEEPY;
    if ((this.status & (RUNNING | AWAITING)) === 0) this.system.attendSoon(this);
  }

  call<R = unknown, C extends AnyCall = never, Q extends Anything = Anything>(
    to: Pid<never, C> | string,
    request: Q & RequestOf<C>,
    timeoutMs?: number,
  ): Promise<ReplyTo<C, Q, R>> {
    if ((this.status & TRACED) !== 0) traceSent(this, to, request);
    return this.system.calls.awaited(this, to, request, timeoutMs);
  }

  sendRequest<R = unknown, C extends AnyCall = never, Q extends Anything = Anything>(
    to: Pid<never, C> | string,
    request: Q & RequestOf<C>,
    timeoutMs?: number,
  ): RequestRef<ReplyTo<C, Q, R>> {
    if ((this.status & TRACED) !== 0) traceSent(this, to, request);
    return this.system.calls.requested(this, to, request, timeoutMs);
  }

  reply(from: From<never>, reply: unknown): boolean {
    if ((this.status & DEAD) !== 0) return false;
    if ((this.status & TRACED) !== 0) traceSent(this, 'caller', reply);
    return from instanceof Call && from.succeed(reply);
  }

  // ---- everybody's side ----

  toString(): string {
    return `<${this.id}>`;
  }

  /** Logs and JSON show the id, never state or mailbox. */
  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Pid${this.toString()}`;
  }
}

/** A send of an actor that is traced, or has ended. Out of line: `send` is to stay small. */
function sendOther(actor: Actor, to: Pid<never> | string, message: unknown): boolean {
  if ((actor.status & DEAD) !== 0) return false;
  traceSent(actor, to, message);
  return actor.system.send(to as Pid<unknown> | string, message);
}

/** What an async callback asks for after its actor was ended is not done: a process would not be there to ask. */
function mustLive(actor: Actor): void {
  if ((actor.status & DEAD) !== 0) throw new ActorError('noproc', 'the actor that asks for it has ended');
}

function traceSent(actor: Actor, to: Pid | string, message: unknown): void {
  actor.system.tracing?.sent(actor, String(to), message);
}
