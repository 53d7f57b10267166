import type { Actor } from './actor.js';

/** A timer in the wheel. `fire` is a shared function, not a closure: what it needs is in `target` and `payload`. */
export class Timer {
  /** Due at this tick; ticks are whole ms since the wheel's beginning. */
  declare tick: number;
  declare prev: Timer;
  declare next: Timer;
  /** Index of its slot, or -1 when it is in none: fired or cancelled. */
  declare slot: number;
  declare readonly fire: (timer: Timer) => void;
  declare readonly target: unknown;
  declare readonly payload: unknown;
  /** The actor with which it ends, and its neighbours among that actor's timers. */
  declare readonly owner: Actor | null;
  declare ownerPrev: Timer | null;
  declare ownerNext: Timer | null;

  constructor(fire: (timer: Timer) => void, owner: Actor | null, target: unknown, payload: unknown) {
    this.tick = 0;
    this.prev = this;
    this.next = this;
    this.slot = -1;
    this.fire = fire;
    this.target = target;
    this.payload = payload;
    this.owner = owner;
    this.ownerPrev = null;
    this.ownerNext = null;
  }
}

const slotsPerLevel = 256;
const levels = 4;
/** 256 ^ level, in ticks. */
const spans = [1, 256, 65_536, 16_777_216] as const;
const reach = 4_294_967_296;

/**
 * A hierarchical timing wheel (Varghese and Lauck, scheme 7): 4 levels of 256 slots, a tick of 1 ms, O(1) to set and to cancel. A timer further away than
 * 2^32 ms waits in the last level and is put back when it comes by. Pure: time comes in as a tick. Timers of one tick fire in the order they were set
 * within a level.
 */
export class TimerWheel {
  #tick = 0;
  #count = 0;
  /** Never later than the next due timer; Infinity only when there is none. */
  #bound = Infinity;
  readonly #heads: (Timer | null)[] = new Array<Timer | null>(slotsPerLevel * levels).fill(null);
  readonly #levelCounts = [0, 0, 0, 0];

  get count(): number {
    return this.#count;
  }

  /** The last tick that was advanced to. */
  get tick(): number {
    return this.#tick;
  }

  /** Sets a timer for `tick`; one that has passed becomes the next one. */
  add(timer: Timer, tick: number): void {
    timer.tick = tick > this.#tick ? tick : this.#tick + 1;
    this.#place(timer);
    this.#count += 1;
    if (timer.tick < this.#bound) this.#bound = timer.tick;
  }

  /** Takes a timer out. Returns whether it was in. */
  remove(timer: Timer): boolean {
    if (timer.slot < 0) return false;
    this.#unplace(timer);
    this.#count -= 1;
    if (this.#count === 0) this.#bound = Infinity;
    return true;
  }

  /** Fires all that is due up to and at `tick`, in order of their ticks. `fire` must not throw; it may add and remove. */
  advance(tick: number): void {
    while (this.#tick < tick) {
      if (this.#count === 0) {
        this.#tick = tick;
        break;
      }
      this.#tick = Math.min(this.#nextStop(), tick);
      if (this.#tick % slotsPerLevel === 0) this.#spread();
      const slot = this.#tick % slotsPerLevel;
      for (let timer = this.#heads[slot]; timer; timer = this.#heads[slot]) {
        this.#unplace(timer);
        this.#count -= 1;
        timer.fire(timer);
      }
    }
    if (this.#count === 0) this.#bound = Infinity;
    else if (this.#bound <= this.#tick) this.#bound = this.#search();
  }

  /** The tick of the next timer or an earlier one at which the wheel has to be advanced; Infinity when empty. O(1) mostly, at worst 1,024 looks. */
  nextTick(): number {
    return this.#bound;
  }

  /** The next tick at which something can happen: empty levels are jumped over. */
  #nextStop(): number {
    let level = 0;
    while (level < levels - 1 && this.#levelCounts[level] === 0) level += 1;
    const span = spans[level] as number;
    return (Math.floor(this.#tick / span) + 1) * span;
  }

  #place(timer: Timer): void {
    const away = Math.min(timer.tick - this.#tick, reach - 1);
    const at = this.#tick + away;
    let level = 0;
    while (level < levels - 1 && away >= (spans[level + 1] as number)) level += 1;
    const slot = level * slotsPerLevel + (Math.floor(at / (spans[level] as number)) % slotsPerLevel);
    timer.slot = slot;
    this.#levelCounts[level] = (this.#levelCounts[level] as number) + 1;
    const head = this.#heads[slot];
    if (!head) {
      this.#heads[slot] = timer;
      timer.prev = timer;
      timer.next = timer;
      return;
    }
    timer.next = head;
    timer.prev = head.prev;
    head.prev.next = timer;
    head.prev = timer;
  }

  #unplace(timer: Timer): void {
    const slot = timer.slot;
    const level = Math.floor(slot / slotsPerLevel);
    this.#levelCounts[level] = (this.#levelCounts[level] as number) - 1;
    if (timer.next === timer) this.#heads[slot] = null;
    else {
      timer.prev.next = timer.next;
      timer.next.prev = timer.prev;
      if (this.#heads[slot] === timer) this.#heads[slot] = timer.next;
    }
    timer.slot = -1;
    timer.prev = timer;
    timer.next = timer;
  }

  /** Spreads the slots that have come near over the level below, the highest level first. */
  #spread(): void {
    let top = 1;
    while (top < levels - 1 && this.#tick % (spans[top + 1] as number) === 0) top += 1;
    for (let level = top; level >= 1; level -= 1) {
      const slot = level * slotsPerLevel + (Math.floor(this.#tick / (spans[level] as number)) % slotsPerLevel);
      const moving: Timer[] = [];
      for (let timer = this.#heads[slot]; timer; timer = this.#heads[slot]) {
        this.#unplace(timer);
        moving.push(timer);
      }
      for (const timer of moving) this.#place(timer);
    }
  }

  #search(): number {
    let best = Infinity;
    for (let level = 0; level < levels; level += 1) {
      if (this.#levelCounts[level] === 0) continue;
      const span = spans[level] as number;
      const base = Math.floor(this.#tick / span);
      for (let i = 1; i <= slotsPerLevel; i += 1) {
        if (!this.#heads[level * slotsPerLevel + ((base + i) % slotsPerLevel)]) continue;
        best = Math.min(best, (base + i) * span);
        break;
      }
    }
    return best;
  }
}
