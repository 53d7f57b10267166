import type { Actor } from './actor.js';
import type { Pid } from './pid.js';
import { status } from './status.js';

const { DEAD } = status;

/** The living actors of a system and their names. The list goes through the actors themselves, oldest first, so that it costs nothing more. */
export class Population {
  readonly names = new Map<string, Actor>();
  count = 0;
  ended = 0;
  #oldest: Actor | null = null;
  #youngest: Actor | null = null;
  /** Called each time the last one has ended. */
  onEmpty: (() => void) | null = null;

  add(actor: Actor): void {
    this.count += 1;
    actor.older = this.#youngest;
    if (this.#youngest) this.#youngest.younger = actor;
    else this.#oldest = actor;
    this.#youngest = actor;
  }

  remove(actor: Actor): void {
    this.ended += 1;
    this.count -= 1;
    if (actor.older) actor.older.younger = actor.younger;
    else this.#oldest = actor.younger;
    if (actor.younger) actor.younger.older = actor.older;
    else this.#youngest = actor.older;
    actor.older = null;
    actor.younger = null;
  }

  /** The living actor that is meant, by itself or by its name. */
  find(to: Pid | string): Actor | null {
    const target = typeof to === 'string' ? this.names.get(to) : (to as Actor);
    return target && (target.status & DEAD) === 0 ? target : null;
  }

  /** Oldest first. May be left at any time; do not hold across turns. */
  *[Symbol.iterator](): IterableIterator<Actor> {
    for (let actor = this.#oldest; actor;) {
      const next: Actor | null = actor.younger;
      yield actor;
      actor = next && (next.status & DEAD) === 0 ? next : actor.younger;
    }
  }

  /** As they are now, youngest first: for what ends them meanwhile. */
  youngestFirst(): Actor[] {
    const all: Actor[] = [];
    for (let actor = this.#youngest; actor; actor = actor.older) all.push(actor);
    return all;
  }
}
