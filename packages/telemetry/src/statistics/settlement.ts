import type { ResolvedStatisticsOptions } from '../options.js';
import { placeOfSum } from '../rates/decay.js';
import type { Decay } from '../rates/decay.js';
import type { ClassFigures } from './class-figures.js';
import type { Fillers } from './fillers.js';
import { COLD, Cold, HOT, Hot, PAGE_BITS, PAGE_MASK } from './slot-page.js';
import type { SlotPage } from './slot-page.js';
import { Flag } from './slots.js';
import type { Slots } from './slots.js';
import { settleAge } from './waiting-age.js';

/**
 * Brings what is known of many mailboxes (sums by class, distribution, rankings) up to date with what is in the row of
 * one.
 */
export class Settlement {
  readonly #slots: Slots;
  readonly #figures: readonly ClassFigures[];
  readonly #fillers: Fillers;
  readonly #decay: Decay;
  readonly #options: ResolvedStatisticsOptions;

  constructor(
    slots: Slots,
    figures: readonly ClassFigures[],
    fillers: Fillers,
    decay: Decay,
    options: ResolvedStatisticsOptions,
  ) {
    this.#slots = slots;
    this.#figures = figures;
    this.#fillers = fillers;
    this.#decay = decay;
    this.#options = options;
  }

  /** The page of a slot, with the landmark of the clock. */
  page(slot: number): SlotPage {
    const page = this.#slots.pages[slot >> PAGE_BITS]!;
    if (page.landmark !== this.#decay.landmark) page.rebase(this.#decay.landmark);
    return page;
  }

  settle(slot: number): void {
    const page = this.page(slot);
    const { hot, cold } = page;
    const { now } = this.#decay;
    const h = hotRow(slot);
    const c = coldRow(slot);
    const figures = this.#figures[this.#slots.classes[slot]!]!;
    const received = hot[h + Hot.RECEIVED]!;
    const handled = hot[h + Hot.HANDLED]!;
    const came = received - cold[c + Cold.SEEN_RECEIVED]!;
    const went = handled - cold[c + Cold.SEEN_HANDLED]!;
    if (came > 0) figures.in.add(came);
    if (went > 0) figures.out.add(went);
    const gone = handled + cold[c + Cold.DROPPED]!;
    const depth = Math.max(0, received - gone);
    const before = cold[c + Cold.DEPTH]!;
    if (went > 0) cold[c + Cold.PROGRESS_AT] = now;
    else if (before === 0) cold[c + Cold.PROGRESS_AT] = cold[c + Cold.TOUCHED_AT]!;
    cold[c + Cold.SEEN_RECEIVED] = received;
    cold[c + Cold.SEEN_HANDLED] = handled;
    if (depth !== before) {
      cold[c + Cold.DEPTH] = depth;
      figures.moved(before, depth);
      this.#countFillers(slot, depth);
    }
    settleAge(cold, c, received, gone, cold[c + Cold.TOUCHED_AT]!, now);
    this.#rank(slot, depth, hot[h + Hot.IN + 1]! - hot[h + Hot.OUT + 1]!, cold[c + Cold.OLDEST_AT]!);
  }

  #rank(slot: number, depth: number, growing: number, oldestAt: number): void {
    const { deepest, growing: fastest, oldest } = this.#figures[this.#slots.classes[slot]!]!;
    if (depth > 0) oldest.set(slot, -oldestAt);
    else oldest.delete(slot);
    if (depth < this.#options.rankFrom) {
      deepest.delete(slot);
      fastest.delete(slot);
      return;
    }
    deepest.set(slot, depth);
    if (growing > 0) fastest.set(slot, placeOfSum(growing, this.#decay.landmark));
    else fastest.delete(slot);
  }

  /** The slot is in no ranking of its class any more. */
  unrank(slot: number): void {
    const { deepest, growing, oldest } = this.#figures[this.#slots.classes[slot]!]!;
    deepest.delete(slot);
    growing.delete(slot);
    oldest.delete(slot);
  }

  #countFillers(slot: number, depth: number): void {
    const { fillersFrom } = this.#options;
    const flags = this.#slots.flags[slot]!;
    const isCounted = (flags & Flag.COUNTED) !== 0;
    if (!isCounted && depth >= fillersFrom) {
      if (this.#fillers.begin(slot)) this.#slots.flags[slot] = flags | Flag.COUNTED;
    } else if (isCounted && depth < fillersFrom / 2) {
      this.#fillers.end(slot);
      this.#slots.flags[slot] = flags & ~Flag.COUNTED;
    }
  }
}

/** Where the rows of a slot begin in its page. */
export function hotRow(slot: number): number {
  return (slot & PAGE_MASK) * HOT;
}

export function coldRow(slot: number): number {
  return (slot & PAGE_MASK) * COLD;
}
