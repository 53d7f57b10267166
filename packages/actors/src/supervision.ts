import type { Actor } from './actor.js';
import { behaviourOf, type AutoShutdown, type ChildSpec } from './child-spec.js';
import { InfoEnvelope } from './envelope.js';
import { ActorError } from './errors.js';
import type { ExitReason } from './exit-reason.js';
import type { Info } from './info.js';
import type { Pid } from './pid.js';
import type { BackOff, ResolvedBackOff } from './restart-back-off.js';
import { status } from './status.js';
import type { SpawnOptions } from './system-types.js';
import type { SupervisorReport } from './supervisor-report.js';

/** OTP's restart strategies: which siblings restart with a child that ended. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';

/** What a supervisor is made of (OTP: `sup_flags` and child specs). */
export interface SupervisorSpec {
  readonly strategy: Strategy;
  /** Most restarts within `periodMs`; one more ends the supervisor (with its children) with `'shutdown'`. Integer from 0. Default 1. */
  readonly intensity?: number;
  /** In ms, over 0. Default 5,000. */
  readonly periodMs?: number;
  /**
   * Dynamic supervisors only. `'supervisor'` (default, OTP's): all children's restarts count together. `'child'`: each child's count for itself, and one that restarts too often is
   * given up and reported while its siblings run on.
   */
  readonly intensityScope?: 'supervisor' | 'child';
  /**
   * OTP's `auto_shutdown`: whether the supervisor ends, with `'shutdown'`, when `significant` children have ended by themselves (not stopped by it, and not to be restarted): `'never'`
   * (default), `'any_significant'`: one of them, `'all_significant'`: the last that was alive.
   */
  readonly autoShutdown?: AutoShutdown;
  /**
   * With it a child that keeps failing (its start fails, or it ends within `periodMs` of its start) is restarted at once the first time, and after a growing wait from then on. The
   * restarts count as ever: an intensity that the waits never reach means trying for ever. Default: no wait.
   */
  readonly backOff?: BackOff;
  /** In start order; of a dynamic supervisor exactly one, the template. */
  readonly children: readonly ChildSpec[];
}

export type ResolvedSupervisorSpec = Required<Omit<SupervisorSpec, 'backOff'>> & {
  readonly backOff: ResolvedBackOff | null;
};

/** One child as `whichChildren` shows it. */
export interface ChildInfo {
  readonly id: string;
  /** `null`: stopped; see `restarting`. */
  readonly pid: Pid | null;
  /** It could not be started yet and is tried again, or waits for its back-off. */
  readonly restarting: boolean;
  readonly type: 'worker' | 'supervisor';
  readonly behaviour: string;
  readonly version: string;
}

/** What `countChildren` counts. */
export interface ChildCount {
  /** Child specs; a dynamic supervisor counts its living children. */
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** What `supervisorStatus` tells. */
export interface SupervisorStatus {
  readonly strategy: Strategy;
  readonly intensity: number;
  readonly periodMs: number;
  /** How often it has started a child again since it was started itself. */
  readonly restarts: number;
  readonly children: ChildCount;
}

/** One child as `childrenOf` shows it. */
export interface ChildStatus extends ChildInfo {
  /** How often it was started again; 0 once more when its supervisor is. */
  readonly restarts: number;
  /** What its `init` is given. */
  readonly arg: unknown;
}

/** What the two kinds of supervisors have in common: `supervisor.ts` feeds it. */
export interface Supervision {
  begin(): void;
  childEnded(pid: Actor, reason: ExitReason): void;
  childStarted(pid: Actor): void;
  timeout(tag: unknown): void;
  continue(tag: unknown): void;
  shutDown(reason: ExitReason): void;
  startChild(child: unknown, options: DynamicChildOptions): Pid;
  terminateChild(child: string | Pid): Promise<void>;
  restartChild(id: string): Pid;
  deleteChild(id: string): void;
  whichChildren(): ChildInfo[];
  countChildren(): ChildCount;
  status(): SupervisorStatus;
  children(): IterableIterator<ChildStatus>;
}

/** What a child of a dynamic supervisor may have of its own. */
export interface DynamicChildOptions {
  readonly name?: string;
}

/** What a supervisor says to itself by the control lane, so that other actors have their slots in between. */
export interface Continue {
  readonly type: 'CONTINUE';
  readonly tag: unknown;
}
/** An async `init` has succeeded. */
export interface Started {
  readonly type: 'STARTED';
  readonly pid: Actor;
}
export type SupervisorInfo = Info | Continue | Started;

/** An envelope for what only supervisors get. */
export function supervisorInfo(info: Continue | Started): InfoEnvelope {
  return new InfoEnvelope(info as unknown as Info);
}

/** The spawn options of a child. Made once for all children of a dynamic supervisor that have no name of their own. */
export function spawnOptions(self: Actor, spec: ChildSpec, name: string | undefined): SpawnOptions {
  return {
    link: self,
    ...(name === undefined ? {} : { name }),
    ...(spec.class === undefined ? {} : { class: spec.class }),
    ...(spec.priority === undefined ? {} : { priority: spec.priority }),
    ...(spec.mailbox === undefined ? {} : { mailbox: spec.mailbox }),
  };
}

/** Starts a child of `self`. `pid` null: it could not be started, for `reason`. */
export function spawnChild(
  self: Actor,
  spec: ChildSpec,
  arg: unknown,
  options: SpawnOptions,
): { pid: Actor | null; reason: ExitReason } {
  try {
    const pid = self.system.spawn(behaviourOf(spec, arg), arg, options) as Actor;
    if (alive(pid)) return { pid, reason: 'normal' };
    return { pid: null, reason: pid.state as ExitReason };
  } catch (error) {
    return { pid: null, reason: { error } }; // the name is taken, or the system stops
  }
}

export function alive(pid: Actor): boolean {
  return (pid.status & status.DEAD) === 0;
}

/** Sends the signal that begins a child's end. */
export function signalStop(self: Actor, pid: Actor, shutdown: number | 'brutal_kill' | 'infinity'): void {
  self.system.exitFrom(self, pid, shutdown === 'brutal_kill' ? 'kill' : 'shutdown');
}

/** @param arg that of the child */
export function report(
  self: Actor,
  event: SupervisorReport['event'],
  spec: ChildSpec,
  reason: ExitReason,
  arg: unknown = spec.arg,
): void {
  const { name, version } = codeOf(spec, arg);
  self.system.reportSupervisor({
    event,
    supervisor: self.id,
    name: self.registeredName,
    child: spec.id,
    behaviour: name,
    version,
    reason,
    at: self.now,
  });
}

/** Name and version of the code that a start with `arg` would get now. */
export function codeOf(spec: ChildSpec, arg: unknown = spec.arg): { name: string; version: string } {
  try {
    return behaviourOf(spec, arg);
  } catch {
    return { name: 'unknown', version: 'unknown' }; // the function behind the spec throws: starts fail with that error, reports must not
  }
}

export function startFailed(spec: ChildSpec, reason: ExitReason): ActorError {
  return new ActorError('start_failed', `child ${spec.id} could not be started`, reason);
}

export function shuttingDown(): ActorError {
  return new ActorError('shutting_down', 'the supervisor is ending');
}
