import type { Actor } from './actor.js';
import type { AnyBehaviour } from './behaviour.js';
import type { ControlItem, SystemItem } from './control.js';
import { ActorError } from './errors.js';
import { attend, takeCode } from './handling.js';
import { status } from './status.js';
import type { System } from './system.js';
import type { CodeChangeResult } from './system-types.js';

/** Gives the actor another behaviour, by the control lane. */
export function changeCode(system: System, actor: Actor, behaviour: AnyBehaviour): Promise<CodeChangeResult> {
  return new Promise((done) => requestCodeChange(system, actor, behaviour, done));
}

const noproc: CodeChangeResult = Object.freeze({ changed: false, reason: 'noproc' });

/** As `changeCode`, without a promise. */
export function requestCodeChange(
  system: System,
  actor: Actor,
  behaviour: AnyBehaviour,
  done: (result: CodeChangeResult) => void,
): void {
  if (actor.status & status.DEAD) return done(noproc);
  if ((actor.status & (status.ATTENTION | status.RUNNING)) !== 0)
    return place(system, actor, { kind: 'code', behaviour, done });
  // at rest, as nearly all of a million are: nothing has to wait, and nothing is allocated
  takeCode(system, actor, behaviour, done);
  if ((actor.status & status.ATTENTION) !== 0) attend(system, actor);
}

/** Asks by the control lane: answered at once if the actor is in no callback, else right after it. Rejects with ActorError `noproc`. */
export function ask<T>(system: System, actor: Actor, kind: SystemItem['kind']): Promise<T> {
  if (actor.status & status.DEAD) return Promise.reject(gone());
  return new Promise<T>((resolve, reject) => {
    const done = resolve as (value?: unknown) => void;
    place(system, actor, { kind, done, gone: () => reject(gone()) });
  });
}

export function gone(): ActorError {
  return new ActorError('noproc', 'there is no such actor (any more)');
}

function place(system: System, actor: Actor, item: ControlItem): void {
  actor.putControl(item);
  system.attendSoon(actor);
  attend(system, actor);
  system.requeue(actor);
}
