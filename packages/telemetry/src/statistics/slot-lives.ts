import { classNumber } from '../mailbox-class.js';
import type { MailboxClass } from '../mailbox-class.js';
import type { ResolvedStatisticsOptions } from '../options.js';
import type { Decay } from '../rates/decay.js';
import type { ClassFigures } from './class-figures.js';
import type { Fillers } from './fillers.js';
import { coldRow, hotRow } from './settlement.js';
import type { Settlement } from './settlement.js';
import { Cold, Hot } from './slot-page.js';
import { Flag } from './slots.js';
import type { MeasuredMailbox, Slots } from './slots.js';
import { setOldest } from './waiting-age.js';

/** Slots that one sweep looks at. */
const SWEEP_SLOTS = 1_024;
const AWAY = classNumber('away');

/** The lives of slots: given to a mailbox, moved between classes, kept while their mailbox is not in memory, taken back. */
export class SlotLives {
  readonly #slots: Slots;
  readonly #figures: readonly ClassFigures[];
  readonly #fillers: Fillers;
  readonly #settlement: Settlement;
  readonly #decay: Decay;
  readonly #options: ResolvedStatisticsOptions;
  /** Slots of mailboxes that are not in memory. */
  readonly #parked = new Map<string, number>();
  #hand = 0;

  constructor(
    slots: Slots,
    figures: readonly ClassFigures[],
    fillers: Fillers,
    settlement: Settlement,
    decay: Decay,
    options: ResolvedStatisticsOptions,
  ) {
    this.#slots = slots;
    this.#figures = figures;
    this.#fillers = fillers;
    this.#settlement = settlement;
    this.#decay = decay;
    this.#options = options;
  }

  open(mailbox: MeasuredMailbox, className: MailboxClass, depth: number, oldestAt: number): number {
    const kept = this.#parked.get(mailbox.name);
    if (kept !== undefined) {
      this.#parked.delete(mailbox.name);
      this.#slots.owners[kept] = mailbox;
      mailbox.slot = kept;
      this.move(kept, className);
      return kept;
    }
    const { now, landmark } = this.#decay;
    const number = classNumber(className);
    const slot = this.#slots.take(mailbox, number, landmark);
    const page = this.#settlement.page(slot);
    const row = coldRow(slot);
    page.cold[row + Cold.SINCE] = now;
    page.cold[row + Cold.PROGRESS_AT] = now;
    page.cold[row + Cold.TOUCHED_AT] = now;
    page.cold[row + Cold.DROPPED] = -depth;
    page.cold[row + Cold.DEPTH] = depth;
    if (depth > 0) {
      setOldest(page.cold, row, oldestAt);
      this.#figures[AWAY]!.moved(depth, 0);
      this.#figures[number]!.moved(0, depth);
    }
    this.#figures[number]!.slots++;
    this.#settlement.settle(slot);
    return slot;
  }

  move(slot: number, className: MailboxClass): void {
    const { classes } = this.#slots;
    const number = classNumber(className);
    if (classes[slot] === number) return;
    this.#settlement.settle(slot);
    const page = this.#settlement.page(slot);
    const row = coldRow(slot);
    const depth = page.cold[row + Cold.DEPTH]!;
    const before = this.#figures[classes[slot]!]!;
    before.moved(depth, 0);
    before.slots--;
    this.#settlement.unrank(slot);
    classes[slot] = number;
    this.#figures[number]!.slots++;
    this.#figures[number]!.moved(0, depth);
    const hot = hotRow(slot);
    page.cold[row + Cold.SINCE] = this.#decay.now;
    page.cold[row + Cold.SINCE_IN] = page.hot[hot + Hot.IN + 1]!;
    page.cold[row + Cold.SINCE_OUT] = page.hot[hot + Hot.OUT + 1]!;
    page.cold[row + Cold.PROGRESS_AT] = this.#decay.now;
    this.#settlement.settle(slot);
  }

  park(mailbox: MeasuredMailbox): void {
    const { slot } = mailbox;
    if (slot === 0) return;
    this.move(slot, 'away');
    this.#settlement.settle(slot);
    if (this.#slots.coldOf(slot)[coldRow(slot) + Cold.DEPTH]! < this.#options.keepFrom) return this.free(slot);
    this.#parked.set(mailbox.name, slot);
    this.#slots.owners[slot] = null;
    mailbox.slot = 0;
  }

  free(slot: number): void {
    this.#figures[this.#slots.classes[slot]!]!.slots--;
    this.#settlement.unrank(slot);
    if ((this.#slots.flags[slot]! & Flag.COUNTED) !== 0) this.#fillers.end(slot);
    this.#slots.give(slot);
  }

  sweep(): void {
    const { size, names } = this.#slots;
    const before = this.#decay.now - this.#options.quietMs;
    for (let n = Math.min(SWEEP_SLOTS, size - 1); n > 0; n--) {
      this.#hand = this.#hand + 1 < size ? this.#hand + 1 : 1;
      const slot = this.#hand;
      if (names[slot] === null || (this.#slots.flags[slot]! & Flag.TOUCHED) !== 0) continue;
      const cold = this.#slots.coldOf(slot);
      const row = coldRow(slot);
      const isShallow = cold[row + Cold.DEPTH]! < (this.#slots.owners[slot] === null ? this.#options.keepFrom : 1);
      if (!isShallow || cold[row + Cold.TOUCHED_AT]! > before) continue;
      this.#parked.delete(names[slot]!);
      this.free(slot);
    }
  }

  isParked(name: string): boolean {
    return this.#parked.has(name);
  }

  /** The slot of a mailbox that has one. */
  named(name: string): number | undefined {
    const parked = this.#parked.get(name);
    if (parked !== undefined) return parked;
    const at = this.#slots.names.indexOf(name);
    return at > 0 ? at : undefined;
  }
}
