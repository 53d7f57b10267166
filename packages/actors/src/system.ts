import { Actor } from './actor.js';
import type { AnyBehaviour, Behaviour } from './behaviour.js';
import { Call } from './call.js';
import type { AnyCall, Anything, ReplyTo, RequestOf } from './call-types.js';
import { Calls } from './calls.js';
import type { ControlItem } from './control.js';
import { ask, changeCode, gone, requestCodeChange } from './control-requests.js';
import type { CrashReport } from './crash-report.js';
import type { Envelope } from './envelope.js';
import { ActorError } from './errors.js';
import { receiveExit } from './exits.js';
import type { ExitReason } from './exit-reason.js';
import { runInit, setPending } from './handling.js';
import { Heartbeat } from './heartbeat.js';
import { Hooks } from './hooks.js';
import type { Down, From, MonitorRef, TimerRef } from './info.js';
import { infoOf, statusOf } from './inspection.js';
import { addLink } from './links.js';
import { MailboxBound } from './mailbox-bound.js';
import { checkMailboxOptions, resolveOptions, type ResolvedOptions, type SystemOptions } from './options.js';
import type { PendingCallback } from './pending-callback.js';
import type { Pid } from './pid.js';
import { Population } from './population.js';
import { Scheduler } from './scheduler.js';
import { endAll } from './shutdown.js';
import { clear, status } from './status.js';
import type { SupervisorReport } from './supervisor-report.js';
import { isSupervisor } from './supervisor-mark.js';
import type {
  ActorInfo,
  ActorStatus,
  ActorSystem,
  CodeChangeResult,
  SpawnOptions,
  SystemCounters,
} from './system-types.js';
import { TimerWheel } from './timer-wheel.js';
import { Timers } from './timers.js';
import { Tracing, type Trace, type TraceEvent, type TraceOptions } from './tracing.js';
import { addWatch, Monitor } from './watch.js';

const { BLOCKED, BOUNDED, DEAD, HIGH, QUEUED, RUNNING, SUPERVISOR, TRACED, TRAP_EXIT } = status;

const ignore = (): void => undefined;

/** Inits that may be on the stack at once: far less than the stack holds, so that running out of it can never leave an actor half made. */
const deepestNesting = 256;

/** The behaviour of those that have ended: whoever holds their pid does not hold their code. */
const tombstone: AnyBehaviour = Object.freeze({ name: 'ended', version: '0', init: ignore, handleMessage: ignore });

/** Everything that a system's actors share. `ActorSystem` is what users see of it. */
export class System implements ActorSystem {
  readonly options: ResolvedOptions;
  readonly scheduler: Scheduler;
  readonly heartbeat: Heartbeat | null;
  tracing: Tracing | null = null;
  readonly population = new Population();
  readonly timers: Timers;
  readonly calls: Calls;
  readonly hooks = new Hooks();
  #lastId = 0;
  /** Inits on the stack. */
  #nesting = 0;
  #stopping: Promise<void> | null = null;
  /** Whose callback is on the stack; with a heartbeat only, which alone wants to know. */
  #current: Actor | null = null;
  /** Actors that have ended and whose links and watchers have not heard yet; see `finish`. */
  readonly ending: Actor[] = [];
  endingNow = false;
  #crashed = 0;
  #undelivered = 0;

  constructor(options: SystemOptions) {
    this.options = resolveOptions(options);
    this.heartbeat = this.options.heartbeat ? new Heartbeat(this.options.heartbeat) : null;
    const wheel = new TimerWheel();
    this.scheduler = new Scheduler(this, this.options, wheel);
    this.timers = new Timers(this, this.scheduler, wheel);
    this.calls = new Calls(this, this.scheduler, wheel);
  }

  // ---- spawning ----

  spawn<A, S, M, C extends AnyCall>(behaviour: Behaviour<A, S, M, C>, arg: A, options?: SpawnOptions): Pid<M, C> {
    const actor = this.#make(behaviour, options);
    if (options) {
      this.#equip(actor, options);
      if (options.monitor) this.watch(actor, options.monitor as Actor, null);
    }
    this.#start(actor, arg);
    return actor;
  }

  spawnWatched<A, S, M, C extends AnyCall>(
    behaviour: Behaviour<A, S, M, C>,
    arg: A,
    options: SpawnOptions | undefined,
    watcher: Actor,
  ): [pid: Pid<M, C>, ref: MonitorRef] {
    const actor = this.#make(behaviour, options);
    if (options) this.#equip(actor, options);
    const { ref } = this.watch(actor, watcher, null);
    this.#start(actor, arg);
    return [actor, ref];
  }

  #make(behaviour: AnyBehaviour, options: SpawnOptions | undefined): Actor {
    if (options !== undefined || this.#stopping !== null || this.#nesting >= deepestNesting) this.#admit(options);
    this.#lastId += 1;
    const actor = new Actor(this.#lastId, this, behaviour, options?.class ?? 'system');
    this.population.add(actor);
    if (this.tracing !== null) this.tracing.mark(actor);
    if (isSupervisor(behaviour)) actor.status |= SUPERVISOR | TRAP_EXIT;
    return actor;
  }

  /** @throws ActorError when the actor cannot be. Out of line, as what follows: V8 inlines by size, and a spawn is to be one piece of machine code */
  #admit(options: SpawnOptions | undefined): void {
    if (this.#stopping) throw new ActorError('stopped', 'the system has been stopped');
    if (options?.name !== undefined && this.population.names.has(options.name))
      throw new ActorError(
        'name_taken',
        `the name ${options.name} belongs to ${String(this.population.names.get(options.name))}`,
      );
    if (options?.mailbox) checkMailboxOptions(options.mailbox);
    if (this.#nesting >= deepestNesting)
      throw new ActorError('nested_too_deep', `${deepestNesting} actors spawn one another in their init`);
  }

  #start(actor: Actor, arg: unknown): void {
    this.#nesting += 1;
    if ((actor.status & DEAD) === 0) runInit(this, actor, arg); // it has ended if whom it was to be linked with had
    this.#nesting -= 1;
  }

  #equip(actor: Actor, options: SpawnOptions): void {
    if (options.priority === 'high') actor.status |= HIGH;
    if (options.mailbox?.maxMessages !== undefined || options.mailbox?.maxBytes !== undefined) {
      actor.needExtras().bound = new MailboxBound(actor, options.mailbox);
      actor.status |= BOUNDED;
    }
    if (options.name !== undefined) {
      actor.needExtras().name = options.name;
      this.population.names.set(options.name, actor);
    }
    if (options.link) {
      actor.parent = options.link as Actor;
      this.link(actor, options.link as Actor);
    }
  }

  /** The actor has ended: nothing finds it any more, its mailbox and name are free. Its links and watchers are still there. */
  forget(actor: Actor): void {
    this.population.remove(actor);
    if (actor.depth > 0) actor.emptyMailbox();
    actor.behaviour = tombstone;
    if (actor.extras !== null && actor.extras.name !== undefined) this.population.names.delete(actor.extras.name);
    if (this.population.count === 0) this.population.onEmpty?.();
  }

  // ---- messages ----

  send<M>(to: Pid<M> | string, message: M): boolean {
    const target = typeof to === 'string' ? this.population.names.get(to) : (to as unknown as Actor);
    if (target === undefined) {
      this.#undelivered += 1;
      return false;
    }
    return target.system.deliver(target, message);
  }

  cast<M>(to: Pid<M> | string, message: M): boolean {
    return this.send(to, message);
  }

  /** Puts a message or a call into a mailbox. */
  deliver(target: Actor, message: unknown): boolean {
    const now = target.status;
    if ((now & (DEAD | BOUNDED | TRACED)) !== 0) return this.#deliverOther(target, message);
    if (target.put(message, this.scheduler.tick) && (now & (BLOCKED | QUEUED | RUNNING)) === 0)
      this.scheduler.push(target);
    return true;
  }

  /** Delivery to an actor that has ended, has a bound or is traced. Out of line: `deliver` is to stay small. */
  #deliverOther(target: Actor, message: unknown): boolean {
    if ((target.status & DEAD) !== 0) {
      this.#undelivered += 1;
      return false;
    }
    if ((target.status & TRACED) !== 0) this.tracing?.received(target, message);
    const bound = target.extras?.bound;
    if (bound) return bound.offer(message);
    this.enqueue(target, message);
    return true;
  }

  /** Puts what is to get in into the mailbox of a living actor. */
  enqueue(target: Actor, message: unknown): void {
    if (target.put(message, this.scheduler.tick) && (target.status & (BLOCKED | QUEUED | RUNNING)) === 0)
      this.scheduler.push(target);
  }

  /** Brings an info: in its order among the messages, but for supervisors, who must hear of their children at once. Never refused. */
  inform(target: Actor, envelope: Envelope): void {
    if (target.status & (DEAD | TRACED)) {
      if (target.status & DEAD) return;
      this.tracing?.received(target, envelope);
    }
    if (target.status & SUPERVISOR) return this.control(target, { kind: 'info', envelope });
    this.enqueue(target, envelope);
  }

  /** Puts an item into the control lane. */
  control(target: Actor, item: ControlItem): void {
    target.putControl(item);
    this.attendSoon(target);
  }

  attendSoon(actor: Actor): void {
    this.scheduler.attendSoon(actor);
  }

  /** An actor that was blocked can handle messages again. */
  requeue(actor: Actor): void {
    if (actor.depth > 0 && (actor.status & (BLOCKED | QUEUED | RUNNING)) === 0) this.scheduler.push(actor);
  }

  /** A callback of `actor` begins. Returns what `leave` wants back. */
  enter(actor: Actor): Actor | null {
    actor.status |= RUNNING;
    return this.heartbeat === null ? null : this.#show(this.heartbeat, actor);
  }

  leave(actor: Actor, before: Actor | null): void {
    clear(actor, RUNNING);
    if (this.heartbeat !== null) this.#show(this.heartbeat, before);
  }

  attribute(code: { readonly name: string; readonly version: string } | null): void {
    if (this.heartbeat !== null && this.#current !== null)
      this.heartbeat.current(this.#current, code ?? this.#current.behaviour);
  }

  /** Writes whose callback is on the stack; returns whose was. */
  #show(heartbeat: Heartbeat, actor: Actor | null): Actor | null {
    const before = this.#current;
    this.#current = actor;
    heartbeat.current(actor);
    return before;
  }

  // ---- calls ----

  call<R = unknown, C extends AnyCall = never, Q extends Anything = Anything>(
    to: Pid<never, C> | string,
    request: Q & RequestOf<C>,
    timeoutMs?: number,
  ): Promise<ReplyTo<C, Q, R>> {
    return this.calls.awaited(null, to, request, timeoutMs);
  }

  reply(from: From<never>, reply: unknown): boolean {
    return from instanceof Call && from.succeed(reply);
  }

  // ---- exits, links, monitors ----

  exit(pid: Pid, reason: ExitReason): void {
    this.exitFrom(null, pid as Actor, reason);
  }

  exitFrom(from: Actor | null, target: Actor, reason: ExitReason): void {
    receiveExit(target.system, target, from, reason, false);
  }

  isAlive(pid: Pid): boolean {
    return ((pid as Actor).status & DEAD) === 0;
  }

  whereis(name: string): Pid | undefined {
    return this.population.names.get(name);
  }

  link(one: Actor, other: Actor): void {
    if (one === other || (one.status & DEAD) !== 0) return;
    if (other.status & DEAD) return receiveExit(this, one, other, 'noproc', true);
    addLink(one, other);
  }

  monitor(pid: Pid, onDown: (down: Down) => void): MonitorRef {
    return this.watch(pid, null, onDown).ref;
  }

  demonitor(ref: MonitorRef): void {
    if (ref instanceof Monitor) ref.cancel();
  }

  watch(to: Pid | string, watcher: Actor | null, onDown: ((down: Down) => void) | null): Monitor {
    const target = this.population.find(to);
    const pid = typeof to === 'string' ? target : (to as Actor);
    const monitor = new Monitor(pid, watcher, onDown);
    if (target) addWatch(monitor);
    else monitor.ended('noproc');
    return monitor;
  }

  // ---- timers ----

  sendAfter<M>(delayMs: number, to: Pid<M>, message: M): TimerRef {
    return this.timers.set(delayMs, to as unknown as Actor, to as unknown as Actor, message, 'message');
  }

  cancelTimer(ref: TimerRef): number | false {
    return this.timers.cancel(ref);
  }

  get nextTimerAt(): number {
    return this.timers.nextAt;
  }

  /** The actor waits for a promise; see `handling.ts`, which `exits.ts` must not import. */
  setPending(
    actor: Actor,
    promise: PromiseLike<unknown>,
    phase: PendingCallback['phase'],
    message: unknown,
    reason: ExitReason,
    counts: boolean,
  ): void {
    setPending(this, actor, promise, phase, message, reason, counts);
  }

  // ---- code, information, hooks ----

  changeCode(pid: Pid, behaviour: AnyBehaviour): Promise<CodeChangeResult> {
    return changeCode(this, pid as Actor, behaviour);
  }

  requestCodeChange(pid: Pid, behaviour: AnyBehaviour, onDone: (result: CodeChangeResult) => void): void {
    requestCodeChange(this, pid as Actor, behaviour, onDone);
  }

  suspend(pid: Pid): Promise<void> {
    return ask(this, pid as Actor, 'suspend');
  }

  resume(pid: Pid): Promise<void> {
    return ask(this, pid as Actor, 'resume');
  }

  getState<S = unknown>(pid: Pid): Promise<S> {
    return ask(this, pid as Actor, 'state');
  }

  async getStatus(pid: Pid): Promise<ActorStatus> {
    await ask(this, pid as Actor, 'status');
    if (!this.isAlive(pid)) throw gone();
    return statusOf(pid as Actor, this.scheduler.tick);
  }

  trace(target: Pid | string, onEvent: (event: TraceEvent) => void, options: TraceOptions = {}): Trace {
    const tracing = this.tracing ?? new Tracing(this);
    const trace = tracing.start(target, onEvent, options);
    this.tracing = tracing;
    return trace;
  }

  noteSentOut(pid: Pid, name: string, message: unknown): void {
    if (((pid as Actor).status & TRACED) !== 0) this.tracing?.sent(pid as Actor, `mailbox ${name}`, message);
  }

  info(pid: Pid): ActorInfo | undefined {
    return this.isAlive(pid) ? infoOf(pid as Actor, this.scheduler.tick) : undefined;
  }

  actors(): IterableIterator<Pid> {
    return this.population[Symbol.iterator]();
  }

  get actorCount(): number {
    return this.population.count;
  }

  get lastHookError(): unknown {
    return this.hooks.lastError;
  }

  reportCrash(report: CrashReport): void {
    this.#crashed += 1;
    this.hooks.guarded(this.options.onCrash, report);
  }

  reportSupervisor(report: SupervisorReport): void {
    this.hooks.guarded(this.options.onSupervisorReport, report);
  }

  get counters(): SystemCounters {
    return {
      turns: this.scheduler.turns,
      turnMs: this.scheduler.turnMs,
      lastTurnMs: this.scheduler.lastTurnMs,
      longestTurnMs: this.scheduler.longestTurnMs,
      spawned: this.#lastId,
      ended: this.population.ended,
      crashed: this.#crashed,
      reductions: this.scheduler.reductions,
      undelivered: this.#undelivered,
      hookErrors: this.hooks.errors,
    };
  }

  get now(): number {
    return this.scheduler.now;
  }

  get runQueueLength(): number {
    return this.scheduler.queue.length;
  }

  runTurn(): void {
    this.scheduler.turn();
  }

  onMailboxGrowth(fn: (pid: Pid) => void): () => void {
    return this.hooks.onMailboxGrowth(fn);
  }

  onTurnStart(fn: () => void): () => void {
    return this.scheduler.onStart(fn);
  }

  onTurnEnd(fn: () => void): () => void {
    return this.scheduler.onEnd(fn);
  }

  // ---- the end ----

  stop(): Promise<void> {
    this.#stopping ??= endAll(this);
    return this.#stopping;
  }
}

/** Makes a system of actors. Nothing runs until something is spawned. @throws ActorError `bad_option` */
export function createSystem(options: SystemOptions = {}): ActorSystem {
  return new System(options);
}
