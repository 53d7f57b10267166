import { Actor } from './actor.js';
import type { AnyBehaviour, Behaviour } from './behaviour.js';
import { Call } from './call.js';
import type { AnyCall, Anything, ReplyTo, RequestOf } from './call-types.js';
import type { ControlItem, SystemItem } from './control.js';
import type { CrashReport } from './crash-report.js';
import { type Envelope, InfoEnvelope } from './envelope.js';
import { ActorError } from './errors.js';
import { receiveExit } from './exits.js';
import type { ExitReason } from './exit-reason.js';
import { attend, runInit, setPending, timedOut } from './handling.js';
import type { Down, From, MonitorRef, RequestRef, TimerRef } from './info.js';
import { Heartbeat } from './heartbeat.js';
import { MailboxBound } from './mailbox-bound.js';
import { shapeOf } from './message-shape.js';
import { checkMailboxOptions, resolveOptions, type ResolvedOptions, type SystemOptions } from './options.js';
import type { PendingCallback } from './pending-callback.js';
import type { Pid } from './pid.js';
import { Scheduler } from './scheduler.js';
import { BLOCKED, clear, status } from './status.js';
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
import { Timer, TimerWheel } from './timer-wheel.js';
import { Tracing, type Trace, type TraceEvent, type TraceOptions } from './tracing.js';
import { addWatch, Monitor } from './watch.js';

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
  readonly #wheel = new TimerWheel();
  readonly #names = new Map<string, Actor>();
  /** Calls of this turn that have no timer yet; see `timeCalls`. */
  readonly #untimed: Call[] = [];
  #oldest: Actor | null = null;
  #youngest: Actor | null = null;
  #lastId = 0;
  /** Inits on the stack. */
  #nesting = 0;
  #stopping: Promise<void> | null = null;
  #allEnded: (() => void) | null = null;
  actorCount = 0;
  /** Whose callback is on the stack; with a heartbeat only, which alone wants to know. */
  #current: Actor | null = null;
  /** Actors that have ended and whose links and watchers have not heard yet; see `finish`. */
  readonly ending: Actor[] = [];
  endingNow = false;
  lastHookError: unknown = undefined;
  #growthHooks: readonly ((pid: Pid) => void)[] = [];
  #ended = 0;
  #crashed = 0;
  #undelivered = 0;
  #hookErrors = 0;

  constructor(options: SystemOptions) {
    this.options = resolveOptions(options);
    this.heartbeat = this.options.heartbeat ? new Heartbeat(this.options.heartbeat) : null;
    this.scheduler = new Scheduler(this, this.options, this.#wheel);
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
    if (this.#stopping) throw new ActorError('stopped', 'the system has been stopped');
    if (options?.name !== undefined && this.#names.has(options.name))
      throw new ActorError(
        'name_taken',
        `the name ${options.name} belongs to ${String(this.#names.get(options.name))}`,
      );
    if (options?.mailbox) checkMailboxOptions(options.mailbox);
    if (this.#nesting >= deepestNesting)
      throw new ActorError('nested_too_deep', `${deepestNesting} actors spawn one another in their init`);
    this.#lastId += 1;
    const actor = new Actor(this.#lastId, this, behaviour, options?.class ?? 'system');
    this.#remember(actor);
    if (this.tracing !== null) this.tracing.mark(actor);
    if (isSupervisor(behaviour)) actor.status |= status.SUPERVISOR | status.TRAP_EXIT;
    return actor;
  }

  #start(actor: Actor, arg: unknown): void {
    this.#nesting += 1;
    if ((actor.status & status.DEAD) === 0) runInit(this, actor, arg); // it has ended if whom it was to be linked with had
    this.#nesting -= 1;
  }

  #equip(actor: Actor, options: SpawnOptions): void {
    if (options.priority === 'high') actor.status |= status.HIGH;
    if (options.mailbox?.maxMessages !== undefined || options.mailbox?.maxBytes !== undefined) {
      actor.needExtras().bound = new MailboxBound(actor, options.mailbox);
      actor.status |= status.BOUNDED;
    }
    if (options.name !== undefined) {
      actor.needExtras().name = options.name;
      this.#names.set(options.name, actor);
    }
    if (options.link) {
      actor.parent = options.link as Actor;
      this.link(actor, options.link as Actor);
    }
  }

  #remember(actor: Actor): void {
    this.actorCount += 1;
    actor.older = this.#youngest;
    if (this.#youngest) this.#youngest.younger = actor;
    else this.#oldest = actor;
    this.#youngest = actor;
  }

  /** The actor has ended: nothing finds it any more, its mailbox and name are free. Its links and watchers are still there. */
  forget(actor: Actor): void {
    this.#ended += 1;
    this.actorCount -= 1;
    if (actor.older) actor.older.younger = actor.younger;
    else this.#oldest = actor.younger;
    if (actor.younger) actor.younger.older = actor.older;
    else this.#youngest = actor.older;
    actor.older = null;
    actor.younger = null;
    if (actor.depth > 0) actor.emptyMailbox();
    actor.behaviour = tombstone;
    const name = actor.extras?.name;
    if (name !== undefined) this.#names.delete(name);
    if (this.actorCount === 0) this.#allEnded?.();
  }

  // ---- messages ----

  send<M>(to: Pid<M> | string, message: M): boolean {
    const target = typeof to === 'string' ? this.#names.get(to) : (to as unknown as Actor);
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
    if ((now & (status.DEAD | status.BOUNDED | status.TRACED)) !== 0) return this.#deliverOther(target, message);
    if (target.put(message, this.scheduler.tick) && (now & (BLOCKED | status.QUEUED | status.RUNNING)) === 0)
      this.scheduler.push(target);
    return true;
  }

  /** Delivery to an actor that has ended, has a bound or is traced. Out of line: `deliver` is to stay small. */
  #deliverOther(target: Actor, message: unknown): boolean {
    if ((target.status & status.DEAD) !== 0) {
      this.#undelivered += 1;
      return false;
    }
    if ((target.status & status.TRACED) !== 0) this.tracing?.received(target, message);
    const bound = target.extras?.bound;
    if (bound) return bound.offer(message);
    this.enqueue(target, message);
    return true;
  }

  /** Puts what is to get in into the mailbox of a living actor. */
  enqueue(target: Actor, message: unknown): void {
    if (target.put(message, this.scheduler.tick) && (target.status & (BLOCKED | status.QUEUED | status.RUNNING)) === 0)
      this.scheduler.push(target);
  }

  /** Brings an info: in its order among the messages, but for supervisors, who must hear of their children at once. Never refused. */
  inform(target: Actor, envelope: Envelope): void {
    if (target.status & (status.DEAD | status.TRACED)) {
      if (target.status & status.DEAD) return;
      this.tracing?.received(target, envelope);
    }
    if (target.status & status.SUPERVISOR) return this.control(target, { kind: 'info', envelope });
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
    if (actor.depth > 0 && (actor.status & (BLOCKED | status.QUEUED | status.RUNNING)) === 0)
      this.scheduler.push(actor);
  }

  /** A callback of `actor` begins. Returns what `leave` wants back. */
  enter(actor: Actor): Actor | null {
    actor.status |= status.RUNNING;
    return this.heartbeat === null ? null : this.#show(this.heartbeat, actor);
  }

  leave(actor: Actor, before: Actor | null): void {
    clear(actor, status.RUNNING);
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
    return this.callFrom(null, to, request, timeoutMs);
  }

  callFrom<R>(caller: Actor | null, to: Pid | string, request: unknown, timeoutMs = 5_000): Promise<R> {
    const target = this.#find(to);
    const call = new Call(target, caller, request, timeoutMs);
    const promise = new Promise<R>((resolve, reject) => {
      call.resolve = resolve;
      call.reject = reject;
    });
    call.promise = promise;
    this.#place(call, target);
    return promise;
  }

  request<R>(caller: Actor, to: Pid | string, request: unknown, timeoutMs = 5_000): RequestRef<R> {
    const target = this.#find(to);
    const call = new Call(target, caller, request, timeoutMs);
    this.#place(call, target);
    return call.ref as RequestRef<R>;
  }

  #place(call: Call, target: Actor | null): void {
    const callerHasEnded = call.watcher !== null && (call.watcher.status & status.DEAD) !== 0;
    if (!target || callerHasEnded) return call.fail('noproc', 'noproc');
    addWatch(call);
    if (call.timeoutMs !== Infinity) {
      call.timedBy = this;
      this.#untimed.push(call);
      if (!this.scheduler.inTurn) this.timeCalls();
    }
    target.system.deliver(target, call);
  }

  /** Sets the timers of the calls of this turn that have not been answered in it: one reading of the clock for all, and none too early. */
  timeCalls(): void {
    if (this.#untimed.length === 0) return;
    const now = this.scheduler.read();
    for (const call of this.#untimed) {
      if (call.settled) continue;
      call.timedBy = null;
      call.timer = new Timer(callTimedOut, null, this, call);
      this.#wheel.add(call.timer, this.scheduler.tickAt(now + call.timeoutMs));
    }
    this.#untimed.length = 0;
    this.scheduler.arm();
  }

  /** The call has been settled before it had a timer. */
  dropUntimed(call: Call): void {
    call.timedBy = null;
    if (this.#untimed[this.#untimed.length - 1] === call) this.#untimed.pop();
  }

  #find(to: Pid | string): Actor | null {
    const target = typeof to === 'string' ? this.#names.get(to) : (to as Actor);
    return target && (target.status & status.DEAD) === 0 ? target : null;
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
    return ((pid as Actor).status & status.DEAD) === 0;
  }

  whereis(name: string): Pid | undefined {
    return this.#names.get(name);
  }

  link(one: Actor, other: Actor): void {
    if (one === other || (one.status & status.DEAD) !== 0) return;
    if (other.status & status.DEAD) return receiveExit(this, one, other, 'noproc', true);
    addLink(one, other);
    addLink(other, one);
  }

  unlink(one: Actor, other: Actor): void {
    if (one.parent === other) one.parent = null;
    if (other.parent === one) other.parent = null;
    this.removeLink(one, other);
    this.removeLink(other, one);
  }

  removeLink(of: Actor, peer: Actor): void {
    if (of.links === peer) of.links = null;
    else if (of.links instanceof Set) of.links.delete(peer);
  }

  monitor(pid: Pid, onDown: (down: Down) => void): MonitorRef {
    return this.watch(pid, null, onDown).ref;
  }

  demonitor(ref: MonitorRef): void {
    if (ref instanceof Monitor) ref.cancel();
  }

  watch(to: Pid | string, watcher: Actor | null, onDown: ((down: Down) => void) | null): Monitor {
    const target = this.#find(to);
    const pid = typeof to === 'string' ? target : (to as Actor);
    const monitor = new Monitor(pid, watcher, onDown);
    if (target) addWatch(monitor);
    else monitor.ended('noproc');
    return monitor;
  }

  // ---- timers ----

  sendAfter<M>(delayMs: number, to: Pid<M>, message: M): TimerRef {
    return this.setTimer(delayMs, to as unknown as Actor, to as unknown as Actor, message, 'message');
  }

  setTimer(delayMs: number, owner: Actor, target: Actor, payload: unknown, kind: 'message' | 'timeout'): TimerRef {
    const timer = new Timer(kind === 'message' ? timerSends : timerInforms, owner, target, payload);
    if (owner.status & status.DEAD) return timer as unknown as TimerRef;
    this.#own(timer, owner);
    this.#wheel.add(timer, this.scheduler.tickAt(this.scheduler.read() + Math.max(0, delayMs)));
    this.scheduler.arm();
    return timer as unknown as TimerRef;
  }

  #own(timer: Timer, owner: Actor): void {
    const extras = owner.needExtras();
    timer.ownerNext = extras.timers;
    if (extras.timers) extras.timers.ownerPrev = timer;
    extras.timers = timer;
  }

  cancelTimer(ref: TimerRef): number | false {
    if (!(ref instanceof Timer)) return false;
    const left = this.scheduler.timeAt(ref.tick) - this.scheduler.read();
    return this.dropTimer(ref) ? Math.max(0, left) : false;
  }

  /** Takes a timer out of the wheel and off its owner. */
  dropTimer(timer: Timer): boolean {
    disown(timer);
    const was = this.#wheel.remove(timer);
    if (this.#wheel.count === 0) this.scheduler.arm(); // nothing to stay alive for
    return was;
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

  armPending(pending: PendingCallback): Timer {
    const timer = new Timer(pendingTimedOut, null, this, pending);
    this.#wheel.add(timer, this.scheduler.tickAt(this.scheduler.read() + this.options.handlerTimeoutMs));
    this.scheduler.arm();
    return timer;
  }

  /** The actor does not wait for its promise any more. */
  dropPending(actor: Actor): void {
    const pending = actor.extras?.pending;
    if (!pending || !actor.extras) return;
    actor.extras.pending = null;
    if (pending.timer) this.dropTimer(pending.timer);
  }

  get nextTimerAt(): number {
    return this.scheduler.timeAt(this.#wheel.nextTick());
  }

  // ---- code, information, hooks ----

  changeCode(pid: Pid, behaviour: AnyBehaviour): Promise<CodeChangeResult> {
    const actor = pid as Actor;
    if (actor.status & status.DEAD) return Promise.resolve({ changed: false, reason: 'noproc' });
    return new Promise((done) => {
      actor.putControl({ kind: 'code', behaviour: behaviour, done });
      this.attendSoon(actor);
      attend(this, actor);
      this.requeue(actor);
    });
  }

  suspend(pid: Pid): Promise<void> {
    return this.#ask(pid, 'suspend');
  }

  resume(pid: Pid): Promise<void> {
    return this.#ask(pid, 'resume');
  }

  getState<S = unknown>(pid: Pid): Promise<S> {
    return this.#ask(pid, 'state');
  }

  async getStatus(pid: Pid): Promise<ActorStatus> {
    const actor = pid as Actor;
    await this.#ask(pid, 'status');
    const info = this.info(pid);
    if (!info) throw gone();
    return {
      ...info,
      parent: actor.parent,
      suspended: (actor.status & status.SUSPENDED) !== 0,
      hibernating: (actor.status & status.ASLEEP) !== 0,
      stateShape: shapeOf(actor.state),
    };
  }

  /** Asks by the control lane: answered at once if the actor is in no callback, else right after it. */
  #ask<T>(pid: Pid, kind: SystemItem['kind']): Promise<T> {
    const actor = pid as Actor;
    if (actor.status & status.DEAD) return Promise.reject(gone());
    return new Promise<T>((resolve, reject) => {
      actor.putControl({ kind, done: resolve as (value?: unknown) => void, gone: () => reject(gone()) });
      this.attendSoon(actor);
      attend(this, actor);
      this.requeue(actor);
    });
  }

  trace(target: Pid | string, onEvent: (event: TraceEvent) => void, options: TraceOptions = {}): Trace {
    const tracing = this.tracing ?? new Tracing(this);
    const trace = tracing.start(target, onEvent, options);
    this.tracing = tracing;
    return trace;
  }

  info(pid: Pid): ActorInfo | undefined {
    const actor = pid as Actor;
    if (actor.status & status.DEAD) return undefined;
    return {
      id: actor.id,
      name: actor.extras?.name,
      behaviour: actor.behaviour.name,
      version: actor.behaviour.version,
      class: actor.mailboxClass,
      depth: actor.depth,
      received: actor.received,
      handled: actor.handled,
      bytes: actor.extras?.bound?.bytes ?? 0,
      dropped: actor.extras?.bound?.dropped ?? 0,
      oldestAgeMs: actor.depth > 0 ? Math.max(0, this.scheduler.tick - actor.firstAt) : 0,
      status: statusWord(actor.status),
      links: actor.links instanceof Set ? actor.links.size : actor.links ? 1 : 0,
      monitors: countWatchers(actor),
    };
  }

  *actors(): IterableIterator<Pid> {
    for (let actor = this.#oldest; actor;) {
      const next: Actor | null = actor.younger;
      yield actor;
      actor = next && (next.status & status.DEAD) === 0 ? next : actor.younger;
    }
  }

  guarded<T>(fn: (value: T) => void, value: T): void {
    try {
      fn(value);
    } catch (error) {
      this.#hookErrors += 1;
      this.lastHookError = error;
    }
  }

  reportCrash(report: CrashReport): void {
    this.#crashed += 1;
    this.guarded(this.options.onCrash, report);
  }

  reportSupervisor(report: SupervisorReport): void {
    this.guarded(this.options.onSupervisorReport, report);
  }

  get counters(): SystemCounters {
    return {
      turns: this.scheduler.turns,
      turnMs: this.scheduler.turnMs,
      lastTurnMs: this.scheduler.lastTurnMs,
      longestTurnMs: this.scheduler.longestTurnMs,
      spawned: this.#lastId,
      ended: this.#ended,
      crashed: this.#crashed,
      reductions: this.scheduler.reductions,
      undelivered: this.#undelivered,
      hookErrors: this.#hookErrors,
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
    this.#growthHooks = [...this.#growthHooks, fn];
    return () => (this.#growthHooks = this.#growthHooks.filter((hook) => hook !== fn));
  }

  mailboxGrew(actor: Actor): void {
    for (const hook of this.#growthHooks) this.guarded(hook, actor);
  }

  onTurnStart(fn: () => void): () => void {
    return this.scheduler.onStart(fn);
  }

  onTurnEnd(fn: () => void): () => void {
    return this.scheduler.onEnd(fn);
  }

  // ---- the end ----

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.#allEnded = resolve));
    if (this.actorCount === 0) this.#allEnded?.();
    const timer = new Timer(stopTimedOut, null, this, this);
    this.#wheel.add(timer, this.scheduler.tickAt(this.scheduler.read() + this.options.stopTimeoutMs));
    this.#exitAll('shutdown', true);
    this.scheduler.arm();
    await ended;
    this.dropTimer(timer);
    this.scheduler.disarm();
  }

  killAll(): void {
    this.#exitAll('kill', false);
  }

  #exitAll(reason: ExitReason, onlyRoots: boolean): void {
    const all: Actor[] = [];
    for (let actor = this.#youngest; actor; actor = actor.older)
      if (!onlyRoots || !actor.parent || (actor.parent.status & status.DEAD) !== 0) all.push(actor);
    for (const actor of all) {
      if (onlyRoots && (actor.status & status.TRAP_EXIT) !== 0 && (actor.status & status.SUPERVISOR) === 0)
        this.control(actor, { kind: 'parent_exit', reason });
      else receiveExit(this, actor, null, reason, false);
    }
  }
}

function addLink(of: Actor, peer: Actor): void {
  if (of.links === null) of.links = peer;
  else if (of.links instanceof Set) of.links.add(peer);
  else if (of.links !== peer) of.links = new Set([of.links, peer]);
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

function callTimedOut(timer: Timer): void {
  (timer.payload as Call).fail('timeout', 'timeout');
}

function pendingTimedOut(timer: Timer): void {
  timedOut(timer.target as System, timer.payload as PendingCallback);
}

function stopTimedOut(timer: Timer): void {
  (timer.target as System).killAll();
}

function gone(): ActorError {
  return new ActorError('noproc', 'there is no such actor (any more)');
}

function statusWord(bits: number): ActorInfo['status'] {
  if (bits & status.DEAD) return 'ended';
  if (bits & status.TERMINATING) return 'terminating';
  if (bits & status.STARTING) return 'starting';
  if (bits & status.RUNNING) return 'running';
  if (bits & status.AWAITING) return 'awaiting';
  if (bits & status.SUSPENDED) return 'suspended';
  if (bits & (status.QUEUED | status.CONTROL)) return 'runnable';
  return bits & status.ASLEEP ? 'hibernating' : 'waiting';
}

function countWatchers(actor: Actor): number {
  let count = 0;
  for (let { watchers: watch } = actor; watch; watch = watch.targetNext) if (watch instanceof Monitor) count += 1;
  return count;
}

/** Makes a system of actors. Nothing runs until something is spawned. @throws ActorError `bad_option` */
export function createSystem(options: SystemOptions = {}): ActorSystem {
  return new System(options);
}
