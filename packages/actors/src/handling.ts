import type { Actor, Extras } from './actor.js';
import type { AnyBehaviour } from './behaviour.js';
import type { ControlItem, SystemItem } from './control.js';
import { Envelope, InfoEnvelope } from './envelope.js';
import { beginEnd, crash, finish, nothing } from './exits.js';
import { reasonOf, type ExitReason } from './exit-reason.js';
import { fallAsleep, wakeUp } from './hibernation.js';
import { PendingCallback } from './pending-callback.js';
import { isThenable } from './thenable.js';
import { clear, status } from './status.js';
import { supervisorInfo } from './supervision.js';
import type { System } from './system.js';
import type { CodeChangeResult } from './system-types.js';

const { ASLEEP, ATTENTION, AWAITING, BUSY, DEAD, RUNNING, SLEEPY, STARTING, STOPPING, SUPERVISOR, SUSPENDED, TRACED } =
  status;

/** One slot: up to `limit` messages of one actor. Returns how many. The hot loop of the runtime: a synchronous handler costs its call and nothing else. */
export function runSlot(system: System, actor: Actor, limit: number): number {
  let count = 0;
  let message: unknown = nothing;
  const before = system.enter(actor);
  try {
    while (actor.depth > 0) {
      message = actor.take();
      count += 1;
      const next: unknown =
        message instanceof Envelope
          ? message.dispatch(actor)
          : actor.behaviour.handleMessage(message, actor.state, actor);
      if (next !== undefined && next !== actor.state) {
        if (isThenable(next)) {
          system.leave(actor, before);
          setPending(system, actor, next, 'handler', message, 'normal', true);
          return count;
        }
        actor.state = next;
      }
      actor.handled += 1;
      if (count >= limit || (actor.status & ATTENTION) !== 0) break;
    }
  } catch (error) {
    actor.handled += 1;
    system.leave(actor, before);
    endOrCrash(system, actor, error, message);
    return count;
  }
  system.leave(actor, before);
  if ((actor.status & ATTENTION) !== 0) attendAfter(system, actor, message);
  return count;
}

/** Sees to what came up while it handled `message`. */
function attendAfter(system: System, actor: Actor, message: unknown): void {
  if ((actor.status & ATTENTION) !== STOPPING) attend(system, actor, message);
  else if (actor.extras !== null) endIfStopping(system, actor, actor.extras, message);
  else beginEnd(system, actor, 'normal'); // the usual end: it stopped itself, and has nothing that others would not have
}

/** Runs `init` of a new actor. */
export function runInit(system: System, actor: Actor, arg: unknown): void {
  const before = system.enter(actor);
  actor.status |= STARTING;
  let state: unknown;
  try {
    state = actor.behaviour.init(arg, actor);
  } catch (error) {
    system.leave(actor, before);
    crash(system, actor, reasonOf(error), 'init', nothing);
    return;
  }
  system.leave(actor, before);
  if (isThenable(state)) return awaitInit(system, actor, state);
  actor.state = state;
  started(system, actor);
}

function awaitInit(system: System, actor: Actor, promise: PromiseLike<unknown>): void {
  setPending(system, actor, promise, 'init', nothing, 'normal', false);
  if ((actor.status & STOPPING) !== 0) attend(system, actor);
}

function started(system: System, actor: Actor): void {
  clear(actor, STARTING);
  if ((actor.status & ATTENTION) !== 0) attend(system, actor);
  system.requeue(actor);
}

/** The actor now waits for `promise`; its mailbox fills meanwhile. */
export function setPending(
  system: System,
  actor: Actor,
  promise: PromiseLike<unknown>,
  phase: PendingCallback['phase'],
  message: unknown,
  reason: ExitReason,
  counts: boolean,
): void {
  const pending = new PendingCallback(actor, phase, message, reason, counts);
  actor.status |= AWAITING;
  actor.needExtras().pending = pending;
  pending.timer = system.timers.limit(pending);
  try {
    promise.then(
      (value) => settled(system, pending, value),
      (error: unknown) => rejected(system, pending, error),
    );
  } catch (error) {
    rejected(system, pending, error); // a foreign thenable may throw here
  }
  if ((actor.status & STOPPING) !== 0 && !actor.needExtras().stopOrderly) attend(system, actor);
}

/** Takes the pending callback off its actor. `false`: it is stale. */
function takePending(system: System, pending: PendingCallback): boolean {
  const { actor } = pending;
  if (actor.extras?.pending !== pending) return false;
  system.timers.dropPending(actor);
  clear(actor, AWAITING);
  if (pending.counts) actor.handled += 1;
  if ((actor.status & TRACED) !== 0) system.tracing?.settled(pending);
  return true;
}

function settled(system: System, pending: PendingCallback, value: unknown): void {
  if (!takePending(system, pending)) return;
  const { actor, phase } = pending;
  if (phase === 'terminate') return finish(system, actor, pending.reason);
  if (value !== undefined || phase === 'init') actor.state = value;
  if (phase === 'init') {
    const { parent } = actor;
    if (parent && (parent.status & SUPERVISOR) !== 0)
      system.inform(parent, supervisorInfo({ type: 'STARTED', pid: actor }));
    return started(system, actor);
  }
  if ((actor.status & ATTENTION) !== 0) attend(system, actor, pending.message);
  system.requeue(actor);
}

function rejected(system: System, pending: PendingCallback, error: unknown): void {
  if (!takePending(system, pending)) return;
  const { actor, phase } = pending;
  if (phase === 'handler') endOrCrash(system, actor, error, pending.message);
  else crash(system, actor, reasonOf(error), phase, pending.message);
}

/** The promise did not settle within `handlerTimeoutMs`. */
export function timedOut(system: System, pending: PendingCallback): void {
  if (!takePending(system, pending)) return;
  crash(system, pending.actor, 'timeout', pending.phase, pending.message);
}

/** A handler threw. A signal that came while it ran goes before the throw: an actor that was killed is not asked to terminate. */
function endOrCrash(system: System, actor: Actor, error: unknown, message: unknown): void {
  const extras = actor.extras;
  if ((actor.status & STOPPING) !== 0 && extras && !extras.stopOrderly) return finish(system, actor, extras.stopReason);
  crash(system, actor, reasonOf(error), 'handler', message);
}

/** Control items in one go: a supervisor of 100,000 children that all crash must not hold the loop. */
const mostControlItems = 64;

/**
 * Sees to what goes before messages: a pending end, then the control lane. Does nothing while a callback is on the stack: its end comes here, with the `message` it handled.
 * Returns how many items.
 */
export function attend(system: System, actor: Actor, message: unknown = nothing): number {
  let inHand = message;
  for (let count = 0; count < mostControlItems; count += 1) {
    if ((actor.status & (RUNNING | DEAD)) !== 0) return count;
    if ((actor.status & STOPPING) !== 0 && endIfStopping(system, actor, actor.extras, inHand)) return count;
    if ((actor.status & BUSY) !== 0) return count;
    const item = actor.takeControl();
    if (!item) {
      nothingInControl(system, actor);
      return count;
    }
    see(system, actor, item);
    inHand = item.kind === 'info' ? item.envelope : nothing;
  }
  system.attendSoon(actor);
  return mostControlItems;
}

function see(system: System, actor: Actor, item: ControlItem): void {
  switch (item.kind) {
    case 'info':
      if ((actor.status & SUSPENDED) !== 0 && !endsSupervisor(actor, item.envelope))
        (actor.needExtras().held ??= []).push(item);
      else if (wakeUp(system, actor)) handleInfo(system, actor, item.envelope);
      return;
    case 'parent_exit':
      if (wakeUp(system, actor)) beginEnd(system, actor, item.reason);
      return;
    case 'code':
    case 'state': {
      const slept = (actor.status & ASLEEP) !== 0;
      if (!wakeUp(system, actor))
        return item.kind === 'code' ? item.done({ changed: false, reason: 'noproc' }) : item.gone();
      if (item.kind === 'code') takeCode(system, actor, item.behaviour, item.done);
      else item.done(actor.state);
      if (slept) actor.status |= SLEEPY;
      return;
    }
    default:
      answer(system, actor, item);
  }
}

/** A suspended supervisor that is told to end is suspended no more: it has children to stop, and to hear of. */
function endsSupervisor(actor: Actor, envelope: Envelope): boolean {
  if ((actor.status & SUPERVISOR) === 0 || !(envelope instanceof InfoEnvelope)) return false;
  const { info } = envelope;
  if (info.type !== 'EXIT' || !(info.from === null || info.from === (actor.parent as unknown))) return false;
  clear(actor, SUSPENDED);
  actor.releaseHeld();
  return true;
}

function answer(system: System, actor: Actor, item: SystemItem): void {
  if (item.kind === 'suspend') actor.status |= SUSPENDED;
  else if (item.kind === 'resume') {
    clear(actor, SUSPENDED);
    actor.releaseHeld();
    system.requeue(actor);
  }
  item.done();
}

/** What is left to do when the control lane is empty: to fall asleep, or to wake for the message that waits. */
function nothingInControl(system: System, actor: Actor): void {
  if ((actor.status & SLEEPY) !== 0) {
    clear(actor, SLEEPY);
    if (actor.depth === 0) fallAsleep(system, actor);
  } else if ((actor.status & ASLEEP) !== 0) {
    if (actor.depth > 0 && (actor.status & SUSPENDED) === 0) wakeUp(system, actor);
    else actor.dropEmptyExtras();
  }
}

/**
 * Ends an actor that was told to end while a callback ran. Without order at once; in good order when no promise is pending (`self.stop(reason)`: a reason that is not planned is a crash that
 * the actor has reported of itself, with the `message` in whose handling it did).
 */
function endIfStopping(system: System, actor: Actor, extras: Extras | null, message: unknown): boolean {
  if (extras && !extras.stopOrderly) finish(system, actor, extras.stopReason);
  else if ((actor.status & BUSY) !== 0) return false;
  else if (wakeUp(system, actor)) {
    if (extras && extras.stopReason !== 'normal') crash(system, actor, extras.stopReason, 'handler', message);
    else beginEnd(system, actor, 'normal');
  }
  return true;
}

function handleInfo(system: System, actor: Actor, envelope: Envelope): void {
  const before = system.enter(actor);
  let next: unknown;
  try {
    next = envelope.dispatch(actor);
  } catch (error) {
    system.leave(actor, before);
    return endOrCrash(system, actor, error, envelope);
  }
  system.leave(actor, before);
  if (next === undefined) return;
  if (isThenable(next)) setPending(system, actor, next, 'handler', envelope, 'normal', false);
  else actor.state = next;
}

const changed: CodeChangeResult = Object.freeze({ changed: true });

/** Between two callbacks: the actor has another behaviour from now on, unless `codeChange` throws. */
export function takeCode(
  system: System,
  actor: Actor,
  behaviour: AnyBehaviour,
  done: (result: CodeChangeResult) => void,
): void {
  const old = actor.behaviour;
  const before = system.enter(actor);
  system.heartbeat?.current(actor, behaviour);
  try {
    if (behaviour.codeChange) {
      const state: unknown = behaviour.codeChange(actor.state, old.version, actor);
      if (isThenable(state)) throw new TypeError('codeChange must return the state itself, not a promise');
      actor.state = state;
    }
    actor.behaviour = behaviour;
    system.tracing?.mark(actor);
  } catch (error) {
    system.leave(actor, before);
    system.hooks.guarded(done, { changed: false, reason: 'threw', error });
    return;
  }
  system.leave(actor, before);
  system.hooks.guarded(done, changed);
}
