/** How often the thread looks: a handler that takes memory for ever ends a small heap within 200 ms. */
export const POLL_MS = 25;
/** A turn of actors that has not moved for so many looks is noted, in case it takes the process with it. */
const NOTED_IN_TURN = 2;
/** The same for code outside of actors, which moves at the node's ticks at least, four a second. */
const NOTED = 20;

/** What a look found: the loop moves; it moves again after it was noted; note who holds it; end the process. */
export type Verdict = 'moves' | 'moves_again' | 'waits' | 'note' | 'end';

/**
 * Decides from looks at the beats of an event loop whether it is held. It counts looks and not time: a process that was
 * stopped as a whole (SIGSTOP, a suspended machine) has held nobody up.
 */
export class LoopWatch {
  readonly #limit: number;
  #beats = -1;
  #still = 0;
  #noted = false;

  /** @param limitMs so long the loop may be held */
  constructor(limitMs: number) {
    this.#limit = Math.max(1, Math.ceil(limitMs / POLL_MS));
  }

  /** How long it has been held, ms, as far as the looks tell. */
  get heldMs(): number {
    return this.#still * POLL_MS;
  }

  look(beats: number, inTurn: boolean): Verdict {
    if (beats !== this.#beats) {
      const verdict = this.#noted ? 'moves_again' : 'moves';
      this.#beats = beats;
      this.#still = 0;
      this.#noted = false;
      return verdict;
    }
    this.#still++;
    if (this.#still >= this.#limit) return 'end';
    if (this.#noted || this.#still < (inTurn ? NOTED_IN_TURN : NOTED)) return 'waits';
    this.#noted = true;
    return 'note';
  }
}
