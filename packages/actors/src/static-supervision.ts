import type { Actor } from './actor.js';
import { checkChildSpec, isRestarted, shutdownOf, type ChildSpec } from './child-spec.js';
import { ActorError } from './errors.js';
import type { ExitReason } from './exit-reason.js';
import type { TimerRef } from './info.js';
import type { Pid } from './pid.js';
import { backOffDelay, noteFailure } from './restart-back-off.js';
import { allowRestart } from './restart-intensity.js';
import {
  BackOffEnd,
  busy,
  childCount,
  childInfos,
  childStatuses,
  newChild,
  notFound,
  type Child,
  type Step,
} from './static-child.js';
import { status } from './status.js';
import {
  alive,
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
  type ResolvedSupervisorSpec,
  type Supervision,
  type SupervisorStatus,
} from './supervision.js';

/**
 * one_for_one, one_for_all and rest_for_one. Everything that can take time (a child that traps exits and terminates slowly, an async `init`) is a step; steps are worked off
 * in order, and exits that arrive meanwhile wait until they are done, as they would in the mailbox of OTP's supervisor.
 */
export class StaticSupervision implements Supervision {
  readonly #self: Actor;
  readonly #spec: ResolvedSupervisorSpec;
  readonly #children: Child[];
  readonly #restarts: number[] = [];
  #steps: Step[] = [];
  /** Whose end or start the first step waits for. */
  #waitingFor: Actor | null = null;
  #timer: TimerRef | null = null;
  #lateExits: { pid: Actor; reason: ExitReason }[] = [];
  /** Children whose start failed, to be tried again when no step is left; one after the other, by the control lane, so that others have their slots. */
  readonly #retries: Child[] = [];
  #continueSaid = false;
  /** The newest back-off timer of each child that waits for one. */
  readonly #backingOff = new Map<Child, BackOffEnd>();
  /** Children whose back-off is over, to be started when no step is left. */
  #due: Child[] = [];
  #restarted = 0;
  #ending: { readonly reason: ExitReason } | null = null;
  #working = false;

  constructor(self: Actor, spec: ResolvedSupervisorSpec) {
    this.#self = self;
    this.#spec = spec;
    this.#children = spec.children.map(newChild);
  }

  begin(): void {
    this.#steps = this.#children.map((child) => ({ do: 'start', child, initial: true }));
    this.#work();
  }

  childEnded(pid: Actor, reason: ExitReason): void {
    if (pid === this.#waitingFor) {
      const step = this.#steps[0] as Step;
      this.#waitNoMore();
      if (step.do === 'start') this.#startFailed(step, reason);
      this.#work();
    } else if (this.#steps.length > 0) this.#lateExits.push({ pid, reason });
    else {
      this.#judge(pid, reason);
      this.#work();
    }
  }

  childStarted(pid: Actor): void {
    if (pid !== this.#waitingFor) return;
    this.#waitNoMore();
    this.#stepDone();
    this.#work();
  }

  timeout(tag: unknown): void {
    if (tag instanceof BackOffEnd) return this.#backOffOver(tag);
    const step = this.#steps[0];
    if (tag !== this.#waitingFor || !step) return;
    report(this.#self, 'killed', step.child.spec, 'shutdown');
    this.#self.system.exitFrom(this.#self, tag as Actor, 'kill');
  }

  /** Another try for the first child whose start failed. While steps are under way nothing is said to continue: the end of the work does. */
  continue(): void {
    this.#continueSaid = false;
    if (this.#ending || this.#steps.length > 0) return;
    const child = this.#retries.shift();
    if (child?.restarting && this.#children.includes(child)) this.#restart(child, 'start_failed');
    this.#work();
  }

  shutDown(reason: ExitReason): void {
    if (this.#ending) return;
    this.#ending = { reason };
    const underWay = this.#steps[0];
    const stopped = this.#steps.filter((step) => step.do === 'stop' && step.done);
    const stops: Step[] = [...this.#children].reverse().map((child) => ({ do: 'stop', child }));
    // A stop that is under way stays first, so that its waiting goes on; a start that is under way is stopped like any other child.
    if (underWay?.do === 'stop' && this.#waitingFor) this.#steps = [underWay, ...stops];
    else {
      this.#waitNoMore();
      this.#steps = stops;
    }
    for (const step of stopped) if (step !== underWay || !this.#steps.includes(step)) this.#steps.push(step);
    this.#work();
  }

  startChild(given: unknown): Pid {
    const spec = given as ChildSpec;
    checkChildSpec(spec, this.#spec.autoShutdown);
    this.#mustBeIdle();
    if (this.#children.some((child) => child.spec.id === spec.id))
      throw new ActorError('already_present', `there is a child ${spec.id} already`);
    const child = newChild(spec);
    this.#children.push(child);
    const { pid, reason } = this.#spawnAsked(child);
    if (!pid) {
      this.#remove(child);
      throw startFailed(spec, reason);
    }
    this.#runs(child, pid);
    return pid;
  }

  terminateChild(id: string | Pid): Promise<void> {
    const child = this.#children.find((one) => one.spec.id === id || one.pid === id);
    if (!child) return Promise.reject(notFound(id));
    return new Promise((done) => {
      child.restarting = false;
      this.#steps.push({ do: 'stop', child, done });
      this.#work();
    });
  }

  restartChild(id: string): Pid {
    this.#mustBeIdle();
    const child = this.#byId(id);
    if (child.pid || child.restarting) throw new ActorError('running', `child ${id} runs`);
    const { pid, reason } = this.#spawnAsked(child);
    if (!pid) throw startFailed(child.spec, reason);
    this.#runs(child, pid);
    return pid;
  }

  deleteChild(id: string): void {
    const child = this.#byId(id);
    if (child.pid || child.restarting) throw new ActorError('running', `child ${id} runs`);
    if (this.#steps.some((step) => step.child === child)) throw busy(); // its start would bring up an actor that nobody supervises
    this.#remove(child);
  }

  whichChildren(): ChildInfo[] {
    return childInfos(this.#children);
  }

  countChildren(): ChildCount {
    return childCount(this.#children);
  }

  children(): IterableIterator<ChildStatus> {
    return childStatuses(this.#children);
  }

  status(): SupervisorStatus {
    const { strategy, intensity, periodMs } = this.#spec;
    return { strategy, intensity, periodMs, restarts: this.#restarted, children: this.countChildren() };
  }

  #spawn(spec: ChildSpec): { pid: Actor | null; reason: ExitReason } {
    return spawnChild(this.#self, spec, spec.arg, spawnOptions(this.#self, spec, spec.name));
  }

  /** The start of a child that was asked for. Its `init` may ask for things too: not for its own deletion. */
  #spawnAsked(child: Child): { pid: Actor | null; reason: ExitReason } {
    child.restarting = true;
    const started = this.#spawn(child.spec);
    child.restarting = false;
    return started;
  }

  #runs(child: Child, pid: Actor): void {
    child.pid = pid;
    child.history.startedAt = this.#self.now;
  }

  // ---- steps ----

  /** Works off steps until one has to wait, then what came meanwhile. Not re-entrant: a child's `init` may ask its supervisor for something. */
  #work(): void {
    if (this.#working || this.#waitingFor) return;
    this.#working = true;
    try {
      for (;;) {
        const step = this.#steps[0];
        if (step) {
          if (!(step.do === 'stop' ? this.#stop(step) : this.#start(step))) return;
        } else if (this.#ending) {
          this.#lateExits = [];
          return this.#self.stop(this.#ending.reason);
        } else {
          const late = this.#lateExits.shift();
          if (late) this.#judge(late.pid, late.reason);
          else {
            const due = this.#due.shift();
            if (due?.restarting && !due.pid && this.#children.includes(due)) this.#restartGroup(due);
            else if (!due && !this.#startLeftBehind()) return this.#sayContinue();
          }
        }
      }
    } finally {
      this.#working = false;
    }
  }

  /** @returns whether the step is done (or replaced): go on */
  #stop(step: Extract<Step, { do: 'stop' }>): boolean {
    const { child } = step;
    const pid = child.pid;
    if (pid && alive(pid)) {
      const shutdown = shutdownOf(child.spec);
      signalStop(this.#self, pid, shutdown);
      if (alive(pid)) {
        this.#waitingFor = pid;
        if (typeof shutdown === 'number') this.#timer = this.#self.startTimer(shutdown, pid);
        return false;
      }
    }
    this.#stepDone();
    return true;
  }

  #start(step: Extract<Step, { do: 'start' }>): boolean {
    const { child } = step;
    const { pid, reason } = this.#spawn(child.spec);
    if (!pid) {
      this.#startFailed(step, reason);
      return true;
    }
    child.pid = pid;
    if (pid.status & status.STARTING) {
      this.#waitingFor = pid;
      return false;
    }
    this.#stepDone();
    return true;
  }

  #stepDone(): void {
    const step = this.#steps.shift();
    if (!step) return;
    const { child } = step;
    if (step.do === 'start') {
      child.restarting = false;
      child.history.startedAt = this.#self.now;
      if (step.initial) return;
      this.#restarted += 1;
      child.restarts += 1;
      return report(this.#self, 'restarted', child.spec, 'normal');
    }
    child.pid = null;
    child.restarting = step.again === true;
    if (child.spec.restart === 'temporary') this.#remove(child);
    step.done?.();
  }

  #startFailed(step: Extract<Step, { do: 'start' }>, reason: ExitReason): void {
    const { child } = step;
    child.pid = null;
    report(this.#self, 'start_failed', child.spec, reason);
    for (const other of this.#steps) if (other.do === 'start' && !other.initial) other.child.restarting = true;
    this.#steps = this.#steps.filter((other) => other.do === 'stop' && other.done);
    if (step.initial) return this.shutDown({ shutdown: { failedToStartChild: child.spec.id, reason } });
    child.restarting = true;
    if (!this.#retries.includes(child)) this.#retries.push(child);
  }

  /**
   * Children that are down because a sibling was to be restarted with them, and that sibling was terminated since: nothing else would ever start them.
   * @returns whether there are any
   */
  #startLeftBehind(): boolean {
    const down = this.#children.filter((child) => child.restarting && !child.pid);
    if (down.length === 0) return false;
    const awaited = down.filter((child) => this.#retries.includes(child) || this.#backingOff.has(child));
    const come = new Set(awaited.flatMap((child) => this.#groupOf(child)));
    const left = down.filter((child) => !come.has(child));
    this.#steps = left.map((child) => ({ do: 'start', child, initial: false }));
    return left.length > 0;
  }

  #sayContinue(): void {
    if (this.#continueSaid || this.#retries.length === 0) return;
    this.#continueSaid = true;
    this.#self.system.control(this.#self, { kind: 'info', envelope: supervisorInfo({ type: 'CONTINUE', tag: this }) });
  }

  #waitNoMore(): void {
    this.#waitingFor = null;
    if (this.#timer) this.#self.cancelTimer(this.#timer);
    this.#timer = null;
  }

  // ---- restarts ----

  #judge(pid: Actor, reason: ExitReason): void {
    const child = this.#children.find((one) => one.pid === pid);
    if (!child) return;
    child.pid = null;
    if (this.#ending) return;
    if (isRestarted(child.spec, reason)) this.#restart(child, reason);
    else {
      if (child.spec.restart === 'temporary') this.#remove(child);
      if (child.spec.significant) this.#significantEnded();
    }
  }

  /** A significant child has ended by itself and stays down. */
  #significantEnded(): void {
    const { autoShutdown } = this.#spec;
    const others = this.#children.some(({ spec, pid, restarting }) => spec.significant && (pid !== null || restarting));
    if (autoShutdown === 'any_significant' || (autoShutdown === 'all_significant' && !others))
      this.shutDown('shutdown');
  }

  #restart(child: Child, reason: ExitReason): void {
    const { intensity, periodMs, backOff } = this.#spec;
    const { now } = this.#self;
    if (!allowRestart(this.#restarts, now, intensity, periodMs)) {
      report(this.#self, 'intensity_reached', child.spec, reason);
      child.restarting = false;
      return this.shutDown('shutdown');
    }
    child.restarting = true;
    if (!backOff) return this.#restartGroup(child);
    const failures = noteFailure(child.history, reason === 'start_failed', now, periodMs);
    const delay = backOffDelay(failures, backOff, this.#self.system.options.random());
    if (delay === 0) return this.#restartGroup(child);
    const end = new BackOffEnd(child);
    this.#backingOff.set(child, end);
    this.#self.startTimer(delay, end);
    this.#stopGroup(child, true); // those that depend on it do not run on without it while it waits
  }

  #backOffOver(end: BackOffEnd): void {
    const { child } = end;
    if (this.#backingOff.get(child) !== end) return;
    this.#backingOff.delete(child);
    if (this.#ending) return;
    this.#due.push(child);
    this.#work();
  }

  /** Those that go down and up with the child. */
  #groupOf(child: Child): Child[] {
    const { strategy } = this.#spec;
    if (strategy === 'one_for_one') return [child];
    return this.#children.slice(strategy === 'one_for_all' ? 0 : this.#children.indexOf(child));
  }

  #stopGroup(child: Child, again: boolean): void {
    const stops: Step[] = this.#groupOf(child)
      .filter((one) => one.pid)
      .reverse()
      .map((one) => ({ do: 'stop', child: one, again }));
    this.#steps.push(...stops);
  }

  #restartGroup(child: Child): void {
    this.#stopGroup(child, false);
    const starts: Step[] = this.#groupOf(child)
      .filter((one) => one === child || one.spec.restart !== 'temporary')
      .map((one) => ({ do: 'start', child: one, initial: false }));
    this.#steps.push(...starts);
  }

  #remove(child: Child): void {
    const at = this.#children.indexOf(child);
    if (at >= 0) this.#children.splice(at, 1);
  }

  #byId(id: string): Child {
    const child = this.#children.find((one) => one.spec.id === id);
    if (!child) throw notFound(id);
    return child;
  }

  #mustBeIdle(): void {
    if (this.#ending) throw shuttingDown();
    if (this.#steps.length > 0) throw busy();
  }
}
