import type { ActorInfo } from '@mailbeam/actors';
import { classNumber, mailboxClasses } from '../mailbox-class.js';
import type { MailboxClass } from '../mailbox-class.js';
import { resolveStatisticsOptions } from '../options.js';
import type { ResolvedStatisticsOptions, StatisticsOptions } from '../options.js';
import { Decay } from '../rates/decay.js';
import { ClassFigures } from './class-figures.js';
import { Fillers } from './fillers.js';
import type { Filler } from './heavy-hitters.js';
import type { MailboxReading } from './mailbox-reading.js';
import { readSlot } from './read-slot.js';
import { COLD, Cold, HOT, Hot, PAGE_BITS, PAGE_MASK } from './slot-page.js';
import type { SlotPage } from './slot-page.js';
import { Flag, Slots } from './slots.js';
import type { MeasuredMailbox } from './slots.js';
import { setOldest, settleAge } from './waiting-age.js';

/** What an actor says of its mailbox: the part of `ActorInfo` that is wanted here. */
export type ActorFigures = Pick<ActorInfo, 'depth' | 'received' | 'handled' | 'oldestAgeMs'>;

/** So many touched mailboxes are settled at once, lest a settlement holds the event loop. */
const SETTLE_AT = 2_048;
/** Slots that one sweep looks at. */
const SWEEP_SLOTS = 1_024;
const AWAY = classNumber('away');

/**
 * The statistics of every mailbox of a node. A message costs a few additions in one cache line ({@link arrived},
 * {@link left}); the sums by class, the distribution and the rankings are settled a few times a second, for the mailboxes
 * that were touched. Time is passed in, once a turn.
 */
export class MailboxStatistics {
  readonly decay: Decay;
  readonly #options: ResolvedStatisticsOptions;
  readonly #slots = new Slots();
  readonly #pages: SlotPage[];
  readonly #flags: number[];
  readonly #figures: readonly ClassFigures[];
  readonly #fillers: Fillers;
  /** Slots of mailboxes that are not in memory. */
  readonly #parked = new Map<string, number>();
  readonly #touched = new Int32Array(SETTLE_AT);
  #touchedCount = 0;
  #hand = 0;

  /** @param now monotonic ms, above 0 */
  constructor(now: number, options: StatisticsOptions = {}) {
    this.#options = resolveStatisticsOptions(options);
    this.decay = new Decay(now);
    this.#pages = this.#slots.pages;
    this.#flags = this.#slots.flags;
    this.#figures = mailboxClasses.map(() => new ClassFigures(this.decay, this.#slots.places));
    this.#fillers = new Fillers(this.#options.fillers);
  }

  /** Slots in use: mailboxes that have something, or had a short while ago. */
  get slots(): number {
    return this.#slots.used;
  }

  // ---- on the way of a message

  /** Begins a turn: what happens from now on happens at `now`, monotonic ms. */
  turn(now: number): void {
    this.decay.turn(now);
  }

  /** A message (or some) came into a mailbox. */
  arrived(slot: number, from: string, messages = 1): void {
    const { decay } = this;
    const page = this.#pages[slot >> PAGE_BITS]!;
    if (page.landmark !== decay.landmark) page.rebase(decay.landmark);
    const { hot } = page;
    const row = (slot & PAGE_MASK) * HOT;
    hot[row]! += decay.w1 * messages;
    hot[row + 1]! += decay.w10 * messages;
    hot[row + 2]! += decay.w100 * messages;
    hot[row + 6]! += messages;
    const flags = this.#flags[slot]!;
    if (flags !== Flag.TOUCHED) this.#touch(slot, flags, from, messages);
  }

  /** A message (or some) was handled: acked by its user, or its handler has returned. */
  left(slot: number, messages = 1): void {
    const { decay } = this;
    const page = this.#pages[slot >> PAGE_BITS]!;
    if (page.landmark !== decay.landmark) page.rebase(decay.landmark);
    const { hot } = page;
    const row = (slot & PAGE_MASK) * HOT;
    hot[row + 3]! += decay.w1 * messages;
    hot[row + 4]! += decay.w10 * messages;
    hot[row + 5]! += decay.w100 * messages;
    hot[row + 7]! += messages;
    const flags = this.#flags[slot]!;
    if ((flags & Flag.TOUCHED) === 0) this.#touch(slot, flags, '', 0);
  }

  /** Messages left a mailbox without being handled: expired, purged, given up. They are in no rate. */
  dropped(slot: number, messages = 1): void {
    this.#cold(slot)[coldRow(slot) + Cold.DROPPED]! += messages;
    this.#figures[this.#slots.classes[slot]!]!.dropped += messages;
    const flags = this.#flags[slot]!;
    if ((flags & Flag.TOUCHED) === 0) this.#touch(slot, flags, '', 0);
  }

  #touch(slot: number, flags: number, from: string, messages: number): void {
    if ((flags & Flag.COUNTED) !== 0 && messages > 0) this.#fillers.add(slot, from, messages);
    if ((flags & Flag.TOUCHED) !== 0) return;
    this.#flags[slot] = flags | Flag.TOUCHED;
    this.#cold(slot)[coldRow(slot) + Cold.TOUCHED_AT] = this.decay.now;
    this.#touched[this.#touchedCount++] = slot;
    if (this.#touchedCount === SETTLE_AT) this.settle();
  }

  /**
   * A message came into the mailbox of somebody who is away, with `before` messages in it: too few for a slot
   * ({@link StatisticsOptions.keepFrom}). Only the sums know of it.
   */
  arrivedAway(before: number): void {
    const away = this.#figures[AWAY]!;
    away.in.add(1);
    away.moved(before, before + 1);
  }

  // ---- slots

  /**
   * Gives a mailbox its slot, when something is to be said about it and it has none. What waits in it already belonged to
   * an away mailbox until now.
   *
   * @param depth messages that wait, as the store has them
   * @param oldestAt when the oldest came, monotonic ms (may lie before the start); default: now
   */
  open(mailbox: MeasuredMailbox, className: MailboxClass, depth = 0, oldestAt: number = this.decay.now): number {
    const kept = this.#parked.get(mailbox.name);
    if (kept !== undefined) {
      this.#parked.delete(mailbox.name);
      this.#slots.owners[kept] = mailbox;
      mailbox.slot = kept;
      this.move(kept, className);
      return kept;
    }
    const { now, landmark } = this.decay;
    const number = classNumber(className);
    const slot = this.#slots.take(mailbox, number, landmark);
    const page = this.#page(slot);
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
    this.#settle(slot);
    return slot;
  }

  /** A mailbox has another class: its user has come or gone. */
  move(slot: number, className: MailboxClass): void {
    const { classes } = this.#slots;
    const number = classNumber(className);
    if (classes[slot] === number) return;
    this.#settle(slot);
    const page = this.#page(slot);
    const row = coldRow(slot);
    const depth = page.cold[row + Cold.DEPTH]!;
    const before = this.#figures[classes[slot]!]!;
    before.moved(depth, 0);
    before.slots--;
    this.#unrank(slot, before);
    classes[slot] = number;
    this.#figures[number]!.slots++;
    this.#figures[number]!.moved(0, depth);
    const hot = (slot & PAGE_MASK) * HOT;
    page.cold[row + Cold.SINCE] = this.decay.now;
    page.cold[row + Cold.SINCE_IN] = page.hot[hot + Hot.IN + 1]!;
    page.cold[row + Cold.SINCE_OUT] = page.hot[hot + Hot.OUT + 1]!;
    page.cold[row + Cold.PROGRESS_AT] = this.decay.now;
    this.#settle(slot);
  }

  /**
   * The mailbox leaves memory. One that is deep stays in the rankings and gets its slot again when it is opened; of any
   * other only the sums stay.
   */
  park(mailbox: MeasuredMailbox): void {
    const { slot } = mailbox;
    if (slot === 0) return;
    this.move(slot, 'away');
    this.#settle(slot);
    if (this.#cold(slot)[coldRow(slot) + Cold.DEPTH]! < this.#options.keepFrom) return this.#free(slot);
    this.#parked.set(mailbox.name, slot);
    this.#slots.owners[slot] = null;
    mailbox.slot = 0;
  }

  /** What the store held when it was opened: part of the sums until its mailboxes are. */
  found(messages: number): void {
    this.#figures[AWAY]!.depth += messages;
  }

  #free(slot: number): void {
    const figures = this.#figures[this.#slots.classes[slot]!]!;
    figures.slots--;
    this.#unrank(slot, figures);
    if ((this.#flags[slot]! & Flag.COUNTED) !== 0) this.#fillers.end(slot);
    // a slot that waits for its settlement is settled as nobody's
    const touched = this.#flags[slot]! & Flag.TOUCHED;
    this.#slots.give(slot);
    if (touched !== 0) this.#untouch(slot);
  }

  #untouch(slot: number): void {
    const at = this.#touched.lastIndexOf(slot, this.#touchedCount - 1);
    if (at >= 0) this.#touched[at] = this.#touched[--this.#touchedCount]!;
  }

  // ---- settling

  /** Brings sums, distribution and rankings up to date; call it a few times a second, and before they are read. */
  settle(): void {
    for (let i = 0; i < this.#touchedCount; i++) {
      const slot = this.#touched[i]!;
      this.#flags[slot]! &= ~Flag.TOUCHED;
      this.#settle(slot);
    }
    this.#touchedCount = 0;
  }

  #settle(slot: number): void {
    const page = this.#page(slot);
    const { hot, cold } = page;
    const { now } = this.decay;
    const h = (slot & PAGE_MASK) * HOT;
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
    // the logarithm of a sum, and of where its landmark lies: comparable over landmarks, and as it fades it keeps its place
    if (growing > 0) fastest.set(slot, Math.log(growing) + this.decay.landmark / 10_000);
    else fastest.delete(slot);
  }

  #unrank(slot: number, { deepest, growing, oldest }: ClassFigures): void {
    deepest.delete(slot);
    growing.delete(slot);
    oldest.delete(slot);
  }

  #countFillers(slot: number, depth: number): void {
    const { fillersFrom } = this.#options;
    const flags = this.#flags[slot]!;
    const isCounted = (flags & Flag.COUNTED) !== 0;
    if (!isCounted && depth >= fillersFrom) {
      if (this.#fillers.begin(slot)) this.#flags[slot] = flags | Flag.COUNTED;
    } else if (isCounted && depth < fillersFrom / 2) {
      this.#fillers.end(slot);
      this.#flags[slot] = flags & ~Flag.COUNTED;
    }
  }

  /** Takes slots back from mailboxes that are empty and quiet; call it with each {@link settle}. Looks at some and goes on at the next call. */
  sweep(): void {
    const { size, names } = this.#slots;
    const before = this.decay.now - this.#options.quietMs;
    for (let n = Math.min(SWEEP_SLOTS, size - 1); n > 0; n--) {
      this.#hand = this.#hand + 1 < size ? this.#hand + 1 : 1;
      const slot = this.#hand;
      if (names[slot] === null || (this.#flags[slot]! & Flag.TOUCHED) !== 0) continue;
      const cold = this.#cold(slot);
      const row = coldRow(slot);
      const isShallow = cold[row + Cold.DEPTH]! < (this.#slots.owners[slot] === null ? this.#options.keepFrom : 1);
      if (!isShallow || cold[row + Cold.TOUCHED_AT]! > before) continue;
      this.#parked.delete(names[slot]!);
      this.#free(slot);
    }
  }

  // ---- reading

  /** The slot of a mailbox that has one. */
  slotNamed(name: string): number | undefined {
    const parked = this.#parked.get(name);
    if (parked !== undefined) return parked;
    const at = this.#slots.names.indexOf(name);
    return at > 0 ? at : undefined;
  }

  /** Whose slot it is; '' when nobody's. */
  nameOf(slot: number): string {
    return this.#slots.names[slot] ?? '';
  }

  /** True while the slot is this mailbox's. */
  isNamed(slot: number, name: string): boolean {
    return this.#slots.names[slot] === name;
  }

  /** @param slot one that is in use */
  reading(slot: number): MailboxReading {
    const page = this.#page(slot);
    return readSlot(page, slot, this.#slots.names[slot]!, mailboxClasses[this.#slots.classes[slot]!]!, this.decay);
  }

  /** Who fills a mailbox that is deep, the most first. */
  fillersOf(slot: number, k: number): Filler[] {
    return this.#fillers.top(slot, k);
  }

  /** Sums, distribution and rankings of one class, as of the last {@link settle}. */
  of(className: MailboxClass): ClassFigures {
    return this.#figures[classNumber(className)]!;
  }

  // ---- actors, whose mailboxes keep count themselves

  /** Gives an actor's mailbox its slot. What it says from now on is {@link observed}. */
  openActor(mailbox: MeasuredMailbox, className: MailboxClass, actor: ActorFigures): number {
    const slot = this.open(mailbox, className);
    const page = this.#page(slot);
    const h = (slot & PAGE_MASK) * HOT;
    const c = coldRow(slot);
    page.hot[h + Hot.RECEIVED] = page.cold[c + Cold.SEEN_RECEIVED] = actor.received;
    page.hot[h + Hot.HANDLED] = page.cold[c + Cold.SEEN_HANDLED] = actor.handled;
    this.observed(slot, actor);
    return slot;
  }

  /** Takes over what an actor says of its mailbox. */
  observed(slot: number, actor: ActorFigures): void {
    const page = this.#page(slot);
    const h = (slot & PAGE_MASK) * HOT;
    const c = coldRow(slot);
    const came = actor.received - page.hot[h + Hot.RECEIVED]!;
    const went = actor.handled - page.hot[h + Hot.HANDLED]!;
    if (came > 0) this.arrived(slot, '', came);
    if (went > 0) this.left(slot, went);
    page.cold[c + Cold.DROPPED] = actor.received - actor.handled - actor.depth;
    if (actor.depth > 0) setOldest(page.cold, c, this.decay.now - actor.oldestAgeMs);
    this.#settle(slot);
  }

  /** The actor has ended, or is not looked at any more. */
  close(mailbox: MeasuredMailbox): void {
    const { slot } = mailbox;
    if (slot === 0) return;
    const depth = this.#cold(slot)[coldRow(slot) + Cold.DEPTH]!;
    this.#figures[this.#slots.classes[slot]!]!.moved(depth, 0);
    this.#free(slot);
  }

  #page(slot: number): SlotPage {
    const page = this.#pages[slot >> PAGE_BITS]!;
    if (page.landmark !== this.decay.landmark) page.rebase(this.decay.landmark);
    return page;
  }

  #cold(slot: number): Float64Array {
    return this.#pages[slot >> PAGE_BITS]!.cold;
  }
}

function coldRow(slot: number): number {
  return (slot & PAGE_MASK) * COLD;
}
