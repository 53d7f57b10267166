import type { Actor } from './actor.js';
import { defineBehaviour, type Behaviour, type Self } from './behaviour.js';
import type { AnyCall } from './call-types.js';
import { checkChildSpec, type AutoShutdown, type ChildSpec } from './child-spec.js';
import { DynamicSupervision } from './dynamic-supervision.js';
import { ActorError } from './errors.js';
import type { Info, MonitorRef } from './info.js';
import type { Pid } from './pid.js';
import { backOffDefaults, type BackOff, type ResolvedBackOff } from './restart-back-off.js';
import { StaticSupervision } from './static-supervision.js';
import { status } from './status.js';
import { isSupervisor, markSupervisor } from './supervisor-mark.js';
import type {
  ChildCount,
  ChildInfo,
  ChildStatus,
  DynamicChildOptions,
  ResolvedSupervisorSpec,
  Supervision,
  SupervisorInfo,
  SupervisorStatus,
  SupervisorSpec,
} from './supervision.js';

const strategies = ['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one'];
const specKeys = ['strategy', 'intensity', 'periodMs', 'intensityScope', 'autoShutdown', 'backOff', 'children'];
const autoShutdowns: readonly AutoShutdown[] = ['never', 'any_significant', 'all_significant'];

function resolveBackOff(given: BackOff, wrong: (what: string) => never): ResolvedBackOff {
  if (typeof given !== 'object' || given === null) wrong('backOff must be an object');
  for (const key of Object.keys(given)) if (!(key in backOffDefaults)) wrong(`unknown key backOff.${key}`);
  const {
    firstMs = backOffDefaults.firstMs,
    maxMs = Math.max(firstMs, backOffDefaults.maxMs),
    jitter = backOffDefaults.jitter,
  } = given;
  if (!(firstMs > 0)) wrong(`backOff.firstMs is ${String(firstMs)}, must be over 0`);
  if (!(maxMs >= firstMs && maxMs <= 2_147_483_647))
    wrong(`backOff.maxMs is ${String(maxMs)}, must be from firstMs to 2^31 - 1`);
  if (!(jitter >= 0 && jitter <= 1)) wrong(`backOff.jitter is ${String(jitter)}, must be from 0 to 1`);
  return { firstMs, maxMs, jitter };
}

/** Completes and checks a supervisor's spec. @throws ActorError `bad_child_spec` */
function resolve(given: SupervisorSpec): ResolvedSupervisorSpec {
  const wrong = (what: string): never => {
    throw new ActorError('bad_child_spec', `supervisor: ${what}`);
  };
  for (const key of Object.keys(given)) if (!specKeys.includes(key)) wrong(`unknown key ${key}`);
  const { strategy, intensity = 1, periodMs = 5_000, intensityScope = 'supervisor', children } = given;
  const { autoShutdown = 'never' } = given;
  if (!autoShutdowns.includes(autoShutdown))
    wrong(`autoShutdown is ${String(autoShutdown)}, must be ${autoShutdowns.join(', ')}`);
  const backOff = given.backOff === undefined ? null : resolveBackOff(given.backOff, wrong);
  if (!strategies.includes(strategy)) wrong(`strategy is ${String(strategy)}, must be ${strategies.join(', ')}`);
  if (!(Number.isSafeInteger(intensity) && intensity >= 0))
    wrong(`intensity is ${String(intensity)}, must be an integer from 0`);
  if (!(periodMs > 0)) wrong(`periodMs is ${String(periodMs)}, must be over 0`);
  if (!['supervisor', 'child'].includes(intensityScope))
    wrong(`intensityScope is ${String(intensityScope)}, must be supervisor or child`);
  if (!Array.isArray(children)) wrong('children must be a list');
  const dynamic = strategy === 'simple_one_for_one';
  if (dynamic && children.length !== 1) wrong('simple_one_for_one takes exactly one child spec, the template');
  if (!dynamic && intensityScope === 'child') wrong('intensityScope child is for simple_one_for_one only');
  for (const child of children) checkChildSpec(child, autoShutdown);
  const ids = children.map((child) => child.id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) wrong(`two children have the id ${twice}`);
  return { strategy, intensity, periodMs, intensityScope, autoShutdown, backOff, children };
}

/**
 * The behaviour of a supervisor (OTP's `supervisor`). Spawn it with the argument `undefined`; its children start in order within `spawn`, one after the other (an async `init` is
 * waited for without holding up others), and stop in reverse order when it ends. Exits of children pass its mailbox.
 * @throws ActorError `bad_child_spec`
 * @example
 * const top = system.spawn(supervisor({ strategy: 'one_for_one', intensity: 5, periodMs: 10_000, children: [{ id: 'counter', behaviour: counter, arg: 0 }] }), undefined);
 */
export function supervisor(given: SupervisorSpec): Behaviour<undefined, unknown, never> {
  const spec = resolve(given);
  return markSupervisor(
    defineBehaviour<undefined, unknown, never>({
      name: 'supervisor',
      version: '1',
      init: (_arg, self) => begin(spec, self),
      handleMessage: () => undefined,
      handleInfo: (info, state, self) => feed(info, state as Supervision, self),
    }),
  );
}

function begin(spec: ResolvedSupervisorSpec, self: Self): Supervision {
  const actor = self.pid as unknown as Actor;
  const supervision =
    spec.strategy === 'simple_one_for_one' ? new DynamicSupervision(actor, spec) : new StaticSupervision(actor, spec);
  supervision.begin();
  return supervision;
}

function feed(given: Info, supervision: Supervision, self: Self): void {
  const info = given as SupervisorInfo;
  if (info.type === 'EXIT') {
    const from = info.from as Actor | null;
    // The parent and code outside of actors end the supervisor; an exit of anybody else is that of a child, or ignored.
    if (from === null || from === (self.parent as Actor | null)) supervision.shutDown(info.reason);
    else supervision.childEnded(from, info.reason);
  } else if (info.type === 'TIMEOUT') supervision.timeout(info.tag);
  else if (info.type === 'CONTINUE') supervision.continue(info.tag);
  else if (info.type === 'STARTED') supervision.childStarted(info.pid);
}

function supervisionOf(pid: Pid): Supervision {
  const actor = pid as Actor;
  if (actor.status & status.DEAD) throw new ActorError('noproc', 'the supervisor has ended');
  if (!isSupervisor(actor.behaviour)) throw new ActorError('not_a_supervisor', `${String(pid)} is not a supervisor`);
  if (actor.state === undefined) throw new ActorError('busy', 'the supervisor is in its own start');
  return actor.state as Supervision;
}

/**
 * Starts a child and returns its pid. `child`: of a static supervisor a `ChildSpec`, which goes to the end of the start order; of a dynamic one the argument for `init`.
 * Unlike in OTP no message is sent: the child's `init` has run when this returns (an async one has begun).
 * @throws ActorError `start_failed` (the child is not kept), `already_present`, `busy` (it is restarting a group: try later), `shutting_down`, `noproc`, `not_a_supervisor`, `bad_child_spec`
 */
export function startChild<M = never, C extends AnyCall = never>(
  supervisor: Pid,
  child: unknown,
  options: DynamicChildOptions = {},
): Pid<M, C> {
  return supervisionOf(supervisor).startChild(child, options) as Pid<M, C>;
}

/**
 * Stops a child by its id (static) or pid (either); settles when it has ended. It is not restarted; a static supervisor keeps its spec, but for a temporary one.
 * Rejects with ActorError `not_found`, `noproc`, `not_a_supervisor`. Do not await it in a callback of that child.
 */
export async function terminateChild(supervisor: Pid, child: string | Pid): Promise<void> {
  const supervision = supervisionOf(supervisor);
  const { system } = supervisor as Actor;
  let ref: MonitorRef | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    ref = system.monitor(supervisor, () => reject(new ActorError('noproc', 'the supervisor has ended')));
  });
  try {
    await Promise.race([supervision.terminateChild(child), ended]);
  } finally {
    if (ref) system.demonitor(ref);
  }
}

/** Starts a stopped child of a static supervisor again. @throws ActorError `running`, `not_found`, `start_failed`, `busy`, ... */
export function restartChild<M = never, C extends AnyCall = never>(supervisor: Pid, id: string): Pid<M, C> {
  return supervisionOf(supervisor).restartChild(id) as Pid<M, C>;
}

/** Forgets a stopped child of a static supervisor. @throws ActorError `running`, `not_found`, `busy` (it is to start with its group), ... */
export function deleteChild(supervisor: Pid, id: string): void {
  supervisionOf(supervisor).deleteChild(id);
}

/** All children: of a static supervisor in start order. O(children). @throws ActorError `noproc`, `not_a_supervisor`, `busy` */
export function whichChildren(supervisor: Pid): ChildInfo[] {
  return supervisionOf(supervisor).whichChildren();
}

/** How many children; O(1) for a dynamic supervisor. @throws ActorError `noproc`, `not_a_supervisor`, `busy` */
export function countChildren(supervisor: Pid): ChildCount {
  return supervisionOf(supervisor).countChildren();
}

/** What a supervisor is and how it fares, at O(1) for a dynamic one. @throws ActorError `noproc`, `not_a_supervisor`, `busy` */
export function supervisorStatus(supervisor: Pid): SupervisorStatus {
  return supervisionOf(supervisor).status();
}

/**
 * All children, as {@link whichChildren}, one at a time: for those who look through very many in slices. May be left at any time and gone on with in another turn; a child that
 * starts or ends meanwhile may be among them. @throws ActorError `noproc`, `not_a_supervisor`, `busy`
 */
export function childrenOf(supervisor: Pid): IterableIterator<ChildStatus> {
  return supervisionOf(supervisor).children();
}

export type { ChildSpec };
