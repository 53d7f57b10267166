import type { Actor } from './actor.js';
import { shapeOf } from './message-shape.js';
import { status } from './status.js';
import type { ActorInfo, ActorStatus } from './system-types.js';
import { Monitor } from './watch.js';

/** What is known of a living actor, at O(1) but for its monitors. */
export function infoOf(actor: Actor, tick: number): ActorInfo {
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
    oldestAgeMs: actor.depth > 0 ? Math.max(0, tick - actor.firstAt) : 0,
    status: statusWord(actor.status),
    links: actor.links instanceof Set ? actor.links.size : actor.links ? 1 : 0,
    monitors: countMonitors(actor),
  };
}

/** The same and what only a look between two callbacks can tell. */
export function statusOf(actor: Actor, tick: number): ActorStatus {
  return {
    ...infoOf(actor, tick),
    parent: actor.parent,
    suspended: (actor.status & status.SUSPENDED) !== 0,
    hibernating: (actor.status & status.ASLEEP) !== 0,
    stateShape: shapeOf(actor.state),
  };
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

function countMonitors(actor: Actor): number {
  let count = 0;
  for (let { watchers: watch } = actor; watch; watch = watch.targetNext) if (watch instanceof Monitor) count += 1;
  return count;
}
