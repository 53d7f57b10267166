import type { Actor } from './actor.js';
import { isRestarted, shutdownOf, type ChildSpec } from './child-spec.js';
import { ActorError } from './errors.js';
import type { ExitReason } from './exit-reason.js';
import type { TimerRef } from './info.js';
import type { Pid } from './pid.js';
import { backOffDelay, noteFailure, type FailureHistory } from './restart-back-off.js';
import { allowRestart } from './restart-intensity.js';
import type { SpawnOptions } from './system-types.js';
import {
  alive,
  codeOf,
  report,
  shuttingDown,
  signalStop,
  spawnChild,
  spawnOptions,
  startFailed,
  supervisorInfo,
  type ChildCount,
  type ChildInfo,
  type ChildStatus,
  type DynamicChildOptions,
  type ResolvedSupervisorSpec,
  type Supervision,
  type SupervisorStatus,
} from './supervision.js';

class Child {
  readonly arg: unknown;
  readonly name: string | undefined;
  /** Made at the first restart: most children never have one. */
  history: History | null = null;

  constructor(arg: unknown, name: string | undefined) {
    this.arg = arg;
    this.name = name;
  }
}

interface History extends FailureHistory {
  /** Times of this child's own restarts, with `intensityScope: 'child'`. */
  readonly restarts: number[];
  /** How often it was started again. */
  restarted: number;
}

interface Leaving {
  readonly timer: TimerRef | null;
  readonly done: (() => void)[];
}

/** Children stopped in one go when all are to end; others have slots in between. */
const stopsInOneGo = 16;

/** simple_one_for_one: any number of children of one template, without order, each found by its pid at O(1). */
export class DynamicSupervision implements Supervision {
  readonly #self: Actor;
  readonly #spec: ResolvedSupervisorSpec;
  readonly #template: ChildSpec;
  readonly #unnamed: SpawnOptions;
  readonly #children = new Map<Actor, Child>();
  /** Children whose start failed and is tried again. */
  readonly #retrying = new Set<Child>();
  /** Children that were told to end. */
  readonly #leaving = new Map<Actor, Leaving>();
  readonly #restarts: number[] = [];
  #restarted = 0;
  #ending: { readonly reason: ExitReason } | null = null;
  /** Where the stopping of all children is: a new walk would pass all that were taken out each time, a square of their number. */
  #toStop: MapIterator<Actor> | null = null;

  constructor(self: Actor, spec: ResolvedSupervisorSpec) {
    this.#self = self;
    this.#spec = spec;
    this.#template = spec.children[0] as ChildSpec;
    this.#unnamed = spawnOptions(self, this.#template, undefined);
  }

  begin(): void {
    // no child until one is asked for
  }

  childStarted(): void {
    // nobody waits for an async init: the pid was handed out at once
  }

  startChild(arg: unknown, options: DynamicChildOptions): Pid {
    if (this.#ending) throw shuttingDown();
    const { pid, reason } = this.#spawn(arg, options.name);
    if (!pid) throw startFailed(this.#template, reason);
    this.#children.set(pid, new Child(arg, options.name));
    return pid;
  }

  childEnded(pid: Actor, reason: ExitReason): void {
    const leaving = this.#leaving.get(pid);
    if (leaving) {
      this.#leaving.delete(pid);
      if (leaving.timer) this.#self.cancelTimer(leaving.timer);
      for (const done of leaving.done) done();
      return this.#endIfEmpty();
    }
    const child = this.#children.get(pid);
    if (!child) return;
    this.#children.delete(pid);
    if (this.#ending) return this.#endIfEmpty();
    if (isRestarted(this.#template, reason)) this.#restart(child, reason);
    else if (this.#template.significant) this.#significantEnded();
  }

  /** A child has ended by itself and stays down. */
  #significantEnded(): void {
    const last = this.#children.size === 0 && this.#retrying.size === 0;
    if (this.#spec.autoShutdown === 'any_significant' || last) this.shutDown('shutdown');
  }

  #spawn(arg: unknown, name: string | undefined): { pid: Actor | null; reason: ExitReason } {
    const options = name === undefined ? this.#unnamed : spawnOptions(this.#self, this.#template, name);
    return spawnChild(this.#self, this.#template, arg, options);
  }

  #restart(child: Child, reason: ExitReason): void {
    const { intensity, periodMs, intensityScope, backOff } = this.#spec;
    const { now } = this.#self;
    const ownCount = intensityScope === 'child';
    const history = (child.history ??= { failures: 0, startedAt: now, restarts: [], restarted: 0 });
    if (!allowRestart(ownCount ? history.restarts : this.#restarts, now, intensity, periodMs)) {
      this.#retrying.delete(child);
      report(this.#self, ownCount ? 'given_up' : 'intensity_reached', this.#template, reason, child.arg);
      if (!ownCount) this.shutDown('shutdown');
      return;
    }
    if (!backOff) return this.#startAgain(child, reason);
    const failures = noteFailure(history, reason === 'start_failed', now, periodMs);
    const delay = backOffDelay(failures, backOff, this.#self.system.options.random());
    if (delay === 0) return this.#startAgain(child, reason);
    this.#retrying.add(child);
    this.#self.startTimer(delay, child);
  }

  #startAgain(child: Child, reason: ExitReason): void {
    const started = this.#spawn(child.arg, child.name);
    if (started.pid) {
      this.#retrying.delete(child);
      this.#children.set(started.pid, child);
      this.#restarted += 1;
      if (child.history) {
        child.history.startedAt = this.#self.now;
        child.history.restarted += 1;
      }
      return report(this.#self, 'restarted', this.#template, reason, child.arg);
    }
    report(this.#self, 'start_failed', this.#template, started.reason, child.arg);
    this.#retrying.add(child);
    this.#sayContinue(child);
  }

  continue(tag: unknown): void {
    if (this.#ending) return tag === this ? this.#stopSome() : undefined;
    const child = tag as Child;
    if (this.#retrying.has(child)) this.#restart(child, 'start_failed');
  }

  timeout(tag: unknown): void {
    if (tag instanceof Child) {
      if (this.#retrying.has(tag)) this.#startAgain(tag, 'start_failed');
      return;
    }
    const pid = tag as Actor;
    if (!this.#leaving.has(pid)) return;
    report(this.#self, 'killed', this.#template, 'shutdown');
    this.#self.system.exitFrom(this.#self, pid, 'kill');
  }

  terminateChild(child: string | Pid): Promise<void> {
    const pid = child as Actor;
    const leaving = this.#leaving.get(pid);
    if (!leaving && !this.#children.has(pid))
      return Promise.reject(new ActorError('not_found', `there is no child ${String(child)}`));
    return new Promise((done) => {
      if (leaving) leaving.done.push(done);
      else if (this.#stop(pid, done)) done();
    });
  }

  /** @returns whether the child has ended already */
  #stop(pid: Actor, done: (() => void) | null): boolean {
    this.#children.delete(pid);
    const shutdown = shutdownOf(this.#template);
    signalStop(this.#self, pid, shutdown);
    if (!alive(pid)) return true;
    const timer = typeof shutdown === 'number' ? this.#self.startTimer(shutdown, pid) : null;
    this.#leaving.set(pid, { timer, done: done ? [done] : [] });
    return false;
  }

  shutDown(reason: ExitReason): void {
    if (this.#ending) return;
    this.#ending = { reason };
    this.#retrying.clear();
    this.#stopSome();
  }

  #stopSome(): void {
    this.#toStop ??= this.#children.keys();
    for (let count = 0; count < stopsInOneGo; count += 1) {
      const { done, value } = this.#toStop.next();
      if (done) return this.#endIfEmpty();
      this.#stop(value, null);
    }
    this.#sayContinue(this);
  }

  #endIfEmpty(): void {
    if (this.#ending && this.#children.size === 0 && this.#leaving.size === 0) this.#self.stop(this.#ending.reason);
  }

  #sayContinue(tag: unknown): void {
    this.#self.system.control(this.#self, { kind: 'info', envelope: supervisorInfo({ type: 'CONTINUE', tag }) });
  }

  restartChild(): Pid {
    throw dynamicOnly();
  }

  deleteChild(): void {
    throw dynamicOnly();
  }

  whichChildren(): ChildInfo[] {
    const type = this.#template.type ?? 'worker';
    const { id } = this.#template;
    const list: ChildInfo[] = [];
    for (const pid of this.#children.keys()) {
      const { name, version } = pid.behaviour;
      list.push({ id, pid, restarting: false, type, behaviour: name, version });
    }
    if (this.#retrying.size === 0) return list;
    for (const { arg } of this.#retrying) {
      const { name, version } = codeOf(this.#template, arg);
      list.push({ id, pid: null, restarting: true, type, behaviour: name, version });
    }
    return list;
  }

  /** Bounded by their number now: a child that is started again goes to the end, and the walk could chase it for ever. */
  *children(): IterableIterator<ChildStatus> {
    const { id, type = 'worker' } = this.#template;
    let left = this.#children.size;
    for (const [pid, { arg, history }] of this.#children) {
      if (left-- === 0) break;
      const { name, version } = pid.behaviour;
      yield { id, pid, restarting: false, type, behaviour: name, version, restarts: history?.restarted ?? 0, arg };
    }
    for (const { arg, history } of [...this.#retrying]) {
      const { name, version } = codeOf(this.#template, arg);
      const restarts = history?.restarted ?? 0;
      yield { id, pid: null, restarting: true, type, behaviour: name, version, restarts, arg };
    }
  }

  status(): SupervisorStatus {
    const { strategy, intensity, periodMs } = this.#spec;
    return { strategy, intensity, periodMs, restarts: this.#restarted, children: this.countChildren() };
  }

  countChildren(): ChildCount {
    const active = this.#children.size;
    const specs = active + this.#retrying.size;
    const supervisors = this.#template.type === 'supervisor' ? specs : 0;
    return { specs, active, supervisors, workers: specs - supervisors };
  }
}

function dynamicOnly(): ActorError {
  return new ActorError(
    'not_found',
    'a simple_one_for_one supervisor forgets a child that was terminated: start a new one',
  );
}
