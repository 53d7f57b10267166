import type { Actor } from './actor.js';
import { crash, nothing } from './exits.js';
import { reasonOf } from './exit-reason.js';
import { clear, status } from './status.js';
import type { System } from './system.js';
import { isThenable } from './thenable.js';

const { ASLEEP, SLEEPY, STOPPING } = status;

/** Packs the state and gives up what an idle actor does not need. The actor is in no callback and nothing waits. */
export function fallAsleep(system: System, actor: Actor): void {
  const { behaviour } = actor;
  if (behaviour.hibernate) {
    const before = system.enter(actor);
    try {
      const packed = behaviour.hibernate(actor.state, actor);
      if (isThenable(packed)) throw new TypeError('hibernate must return what to keep, not a promise');
      actor.state = packed;
    } catch (error) {
      system.leave(actor, before);
      return crash(system, actor, reasonOf(error), 'handler', nothing);
    }
    system.leave(actor, before);
  }
  clear(actor, SLEEPY);
  actor.status |= ASLEEP;
  actor.dropEmptyExtras();
  system.requeue(actor); // what `hibernate` itself sent to it wakes it again
  if ((actor.status & STOPPING) !== 0) system.attendSoon(actor);
}

/** Has the state unpacked, if the actor hibernates. `false`: that failed, and the actor has ended. */
export function wakeUp(system: System, actor: Actor): boolean {
  if ((actor.status & ASLEEP) === 0) return true;
  clear(actor, ASLEEP);
  const { behaviour } = actor;
  if (!behaviour.wake) return true;
  const before = system.enter(actor);
  try {
    const state: unknown = behaviour.wake(actor.state, actor);
    if (isThenable(state)) throw new TypeError('wake must return the state itself, not a promise');
    actor.state = state;
  } catch (error) {
    system.leave(actor, before);
    crash(system, actor, reasonOf(error), 'wake', nothing);
    return false;
  }
  system.leave(actor, before);
  return true;
}
