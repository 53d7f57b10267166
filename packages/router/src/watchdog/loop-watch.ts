/** How often the thread looks while turns run: a handler that takes memory for ever ends a small heap within 200 ms. */
export const POLL_MS = 25;
/** While none run it sleeps until there is a beat, or one is overdue: the node's ticks are four a second. */
export const REST_MS = 300;
/** A turn of actors that has not moved for so many looks is noted, in case it takes the process with it. */
const NOTED_IN_TURN = 2;
/** The same for code outside of actors, which moves at the node's ticks at least, four a second. */
const NOTED = 20;

/** It does not rest once so many looks have found no beat, lest what is held is noted late. */
const REST_WITHIN = 4;

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
  #inTurn = false;

  /** @param limitMs so long the loop may be held */
  constructor(limitMs: number) {
    this.#limit = Math.max(1, Math.ceil(limitMs / POLL_MS));
  }

  /** How long it has been held, ms, as far as the looks tell. */
  get heldMs(): number {
    return this.#still * POLL_MS;
  }

  /** Nothing runs that a beat would not tell of: the thread may sleep until there is one. */
  get mayRest(): boolean {
    return !this.#inTurn && this.#still <= REST_WITHIN;
  }

  /** @param looks so many looks this one stands for: those that were left out in a rest without a beat */
  look(beats: number, inTurn: boolean, looks = 1): Verdict {
    this.#inTurn = inTurn;
    if (beats !== this.#beats) {
      const verdict = this.#noted ? 'moves_again' : 'moves';
      this.#beats = beats;
      this.#still = 0;
      this.#noted = false;
      return verdict;
    }
    this.#still += looks;
    if (this.#still >= this.#limit) return 'end';
    if (this.#noted || this.#still < (inTurn ? NOTED_IN_TURN : NOTED)) return 'waits';
    this.#noted = true;
    return 'note';
  }
}
