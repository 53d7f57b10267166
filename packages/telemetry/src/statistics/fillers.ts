import { HeavyHitters } from './heavy-hitters.js';
import type { Filler } from './heavy-hitters.js';

/** Counters of one mailbox: whoever fills it by more than a sixteenth is found. */
const COUNTERS = 16;

/** Who fills the deep mailboxes. The others are not looked at, and no more than `limit` are at a time. */
export class Fillers {
  readonly #limit: number;
  readonly #bySlot = new Map<number, HeavyHitters>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins to count the senders of a mailbox; false when enough mailboxes are counted already. */
  begin(slot: number): boolean {
    if (this.#bySlot.size >= this.#limit) return false;
    this.#bySlot.set(slot, new HeavyHitters(COUNTERS));
    return true;
  }

  end(slot: number): void {
    this.#bySlot.delete(slot);
  }

  add(slot: number, from: string, messages: number): void {
    this.#bySlot.get(slot)!.add(from, messages);
  }

  /** Of what came since it was deep. */
  top(slot: number, k: number): Filler[] {
    return this.#bySlot.get(slot)?.top(k) ?? [];
  }
}
