import type { Actor } from './actor.js';
import { clear, status } from './status.js';

const { HIGH, QUEUED } = status;

/** High slots in a row, at most, while normal actors wait. */
const mostHighInARow = 8;

class Lane {
  /** The last one; its next is the first. One reference instead of two: each that an old object gets to a new actor costs a write barrier. */
  #tail: Actor | null = null;

  push(actor: Actor): void {
    const tail = this.#tail;
    if (tail) {
      actor.nextRunnable = tail.nextRunnable;
      tail.nextRunnable = actor;
    } else actor.nextRunnable = actor;
    this.#tail = actor;
  }

  shift(): Actor | null {
    const tail = this.#tail;
    if (!tail) return null;
    const actor = tail.nextRunnable as Actor;
    if (actor === tail) this.#tail = null;
    else tail.nextRunnable = actor.nextRunnable;
    actor.nextRunnable = null;
    return actor;
  }

  get empty(): boolean {
    return this.#tail === null;
  }
}

/** Actors that have messages, each once, first come first served within its priority. Chained through the actors themselves: no memory of its own. */
export class RunQueue {
  readonly #high = new Lane();
  readonly #normal = new Lane();
  #highInARow = 0;
  length = 0;

  push(actor: Actor): void {
    actor.status |= QUEUED;
    this.length += 1;
    if (actor.status & HIGH) this.#high.push(actor);
    else this.#normal.push(actor);
  }

  /** The next to run. One that has ended since it was pushed is still returned: whoever runs it looks. */
  shift(): Actor | null {
    let actor: Actor | null = null;
    if (!this.#high.empty && (this.#highInARow < mostHighInARow || this.#normal.empty)) {
      actor = this.#high.shift();
      this.#highInARow += 1;
    } else {
      this.#highInARow = 0;
      actor = this.#normal.shift();
    }
    if (!actor) return null;
    this.length -= 1;
    clear(actor, QUEUED);
    return actor;
  }
}
