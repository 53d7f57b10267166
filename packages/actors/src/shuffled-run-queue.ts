import type { Actor } from './actor.js';
import { randomFrom } from './random-from.js';
import { RunQueue } from './run-queue.js';
import { clear, status } from './status.js';
import type { ActorSystem } from './system-types.js';
import type { System } from './system.js';

/** A run queue whose next actor is any of those in it: high ones before normal ones, but for one time in nine. */
class ShuffledRunQueue extends RunQueue {
  readonly #random: () => number;
  readonly #highActors: Actor[] = [];
  readonly #normalActors: Actor[] = [];

  constructor(random: () => number) {
    super();
    this.#random = random;
  }

  override push(actor: Actor): void {
    actor.status |= status.QUEUED;
    this.length += 1;
    (actor.status & status.HIGH ? this.#highActors : this.#normalActors).push(actor);
  }

  override shift(): Actor | null {
    const normalGoes = this.#highActors.length === 0 || (this.#normalActors.length > 0 && this.#random() < 1 / 9);
    const actors = normalGoes ? this.#normalActors : this.#highActors;
    const actor = actors.splice(Math.floor(this.#random() * actors.length), 1)[0];
    if (!actor) return null;
    this.length -= 1;
    clear(actor, status.QUEUED);
    return actor;
  }
}

/** Gives a new system a run queue in the order of a seed. Done from outside, so that production knows nothing of it. */
export function shuffle(system: ActorSystem, seed: number): void {
  Object.assign((system as System).scheduler, { queue: new ShuffledRunQueue(randomFrom(seed)) });
}
