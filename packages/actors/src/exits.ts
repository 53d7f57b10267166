import type { Actor } from './actor.js';
import type { ControlItem } from './control.js';
import type { CrashReport } from './crash-report.js';
import { shapeOfHeld, InfoEnvelope } from './envelope.js';
import { errorOf, isPlanned, reasonOf, type ExitReason } from './exit-reason.js';
import { removePeer } from './links.js';
import { clear, status } from './status.js';
import { isThenable } from './thenable.js';
import type { System } from './system.js';
import { removeWatch, type Watch } from './watch.js';

const { ATTENDED, AWAITING, DEAD, QUEUED, RUNNING, STOPPING, SUPERVISOR, TERMINATING, TRAP_EXIT } = status;

/** No message was in hand. */
export const nothing = Symbol('no message');

/**
 * An exit signal arrives (OTP, "Receiving exit signals"). `from` is who sent it, `null` for code outside; `byLink`: it came because a linked actor ended.
 */
export function receiveExit(
  system: System,
  target: Actor,
  from: Actor | null,
  reason: ExitReason,
  byLink: boolean,
): void {
  const now = target.status;
  if (now & DEAD) return;
  if (reason === 'kill' && !byLink) return die(system, target, 'killed');
  if (now & TRAP_EXIT) {
    if (now & TERMINATING) return;
    if (now & SUPERVISOR) system.inform(target, new InfoEnvelope({ type: 'EXIT', from, reason }));
    else if (from !== null && from === target.parent) system.control(target, { kind: 'parent_exit', reason });
    else if (byLink) system.inform(target, new InfoEnvelope({ type: 'EXIT', from, reason }));
    else system.control(target, { kind: 'info', envelope: new InfoEnvelope({ type: 'EXIT', from, reason }) });
    return;
  }
  if (reason === 'normal' && from !== target) return;
  die(system, target, reason);
}

/** Ends an actor without its `terminate`: now, or when the callback that is on the stack has returned. */
function die(system: System, target: Actor, reason: ExitReason): void {
  if ((target.status & RUNNING) === 0) return finish(system, target, reason);
  const extras = target.needExtras();
  extras.stopReason = reason;
  extras.stopOrderly = false;
  target.status |= STOPPING;
}

/** A callback threw, or its promise rejected or did not settle in time. `terminate` is called unless it was `init`, `wake` (there is no state then) or `terminate` itself. */
export function crash(
  system: System,
  actor: Actor,
  reason: ExitReason,
  phase: CrashReport['phase'],
  message: unknown,
): void {
  if (actor.status & DEAD) return;
  const report = !isPlanned(reason);
  if (report) system.reportCrash(crashReport(system, actor, reason, phase, message));
  if (phase === 'handler') beginEnd(system, actor, reason);
  else finish(system, actor, reason);
}

/** Ends an actor in good order: its `terminate` first. The actor is in no callback. */
export function beginEnd(system: System, actor: Actor, reason: ExitReason): void {
  if (actor.status & (DEAD | TERMINATING)) return;
  if (actor.behaviour.terminate === undefined) finish(system, actor, reason);
  else terminate(system, actor, reason);
}

function terminate(system: System, actor: Actor, reason: ExitReason): void {
  const { behaviour } = actor;
  system.timers.dropPending(actor);
  clear(actor, STOPPING | AWAITING);
  actor.status |= TERMINATING;
  const before = system.enter(actor);
  let result: unknown;
  try {
    result = behaviour.terminate?.(reason, actor.state, actor);
  } catch (error) {
    system.leave(actor, before);
    return crash(system, actor, reasonOf(error), 'terminate', nothing);
  }
  system.leave(actor, before);
  if (result !== undefined && isThenable(result)) system.setPending(actor, result, 'terminate', nothing, reason, false);
  else finish(system, actor, reason);
}

/** The end: whoever is linked or watches hears of it. Iterative, so that a chain of a million links needs no stack. */
export function finish(system: System, actor: Actor, reason: ExitReason): void {
  if (actor.status & DEAD) return;
  if (actor.extras) system.timers.dropPending(actor);
  actor.status = (actor.status & (QUEUED | ATTENDED | RUNNING)) | DEAD;
  actor.state = reason;
  system.forget(actor);
  const { watchers } = actor;
  if (system.endingNow || actor.links !== null || actor.extras !== null) return tellAll(system, actor);
  if (watchers !== null) {
    if (!isOnlyMonitor(watchers)) return tellAll(system, actor);
    removeWatch(watchers);
    watchers.ended(reason); // a message to its watcher: it ends nobody else
  }
  actor.parent = null;
}

function tellAll(system: System, actor: Actor): void {
  if (system.endingNow) {
    system.ending.push(actor);
    return;
  }
  system.endingNow = true;
  try {
    tellTheOthers(system, actor);
    for (let i = 0; i < system.ending.length; i += 1) tellTheOthers(system, system.ending[i] as Actor);
  } finally {
    if (system.ending.length > 0) system.ending.length = 0;
    system.endingNow = false;
  }
}

/** True for one watch, by an actor. */
function isOnlyMonitor(watch: Watch): boolean {
  return watch.targetNext === null && watch.watcher !== null;
}

function tellTheOthers(system: System, actor: Actor): void {
  const reason = actor.state as ExitReason;
  const { links, extras } = actor;
  actor.links = null;
  actor.parent = null;
  if (links instanceof Set) {
    for (const peer of links) {
      removePeer(peer, actor);
      receiveExit(system, peer, actor, reason, true);
    }
  } else if (links) {
    removePeer(links, actor);
    receiveExit(system, links, actor, reason, true);
  }
  while (extras?.watching) extras.watching.abandon();
  while (extras?.timers) system.timers.drop(extras.timers);
  while (actor.watchers) {
    const watch = actor.watchers;
    removeWatch(watch);
    watch.ended(reason);
  }
  if (!extras) return;
  actor.extras = null;
  for (; extras.controlCount > 0; extras.controlCount -= 1) {
    const item = extras.control?.shift() as ControlItem;
    if (item.kind === 'code') item.done({ changed: false, reason: 'noproc' });
    else if ('gone' in item) item.gone();
  }
}

function crashReport(
  system: System,
  actor: Actor,
  reason: ExitReason,
  phase: CrashReport['phase'],
  message: unknown,
): CrashReport {
  const error = errorOf(reason);
  return {
    pid: actor.id,
    name: actor.extras?.name,
    behaviour: actor.behaviour.name,
    version: actor.behaviour.version,
    class: actor.mailboxClass,
    phase,
    lastMessage: message === nothing ? undefined : shapeOfHeld(message),
    depth: actor.depth,
    received: actor.received,
    handled: actor.handled,
    reason,
    stack: error instanceof Error && typeof error.stack === 'string' ? error.stack : undefined,
    at: system.now,
  };
}
