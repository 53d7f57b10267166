import type { ActorInfo } from '@mailbeam/actors';
import { classNumber, mailboxClasses } from '../mailbox-class.js';
import type { MailboxClass } from '../mailbox-class.js';
import { resolveStatisticsOptions } from '../options.js';
import type { StatisticsOptions } from '../options.js';
import { Decay } from '../rates/decay.js';
import { ClassFigures } from './class-figures.js';
import { Fillers } from './fillers.js';
import type { Filler } from './heavy-hitters.js';
import type { MailboxReading } from './mailbox-reading.js';
import { readSlot } from './read-slot.js';
import { coldRow, hotRow, Settlement } from './settlement.js';
import { SlotLives } from './slot-lives.js';
import { Cold, HOT, Hot, PAGE_BITS, PAGE_MASK } from './slot-page.js';
import type { SlotPage } from './slot-page.js';
import { Flag, Slots } from './slots.js';
import type { MeasuredMailbox } from './slots.js';
import { setOldest } from './waiting-age.js';

/** What an actor says of its mailbox: the part of `ActorInfo` that is wanted here. */
export type ActorFigures = Pick<ActorInfo, 'depth' | 'received' | 'handled' | 'oldestAgeMs'>;

/** So many touched mailboxes are settled at once, lest a settlement holds the event loop. */
const SETTLE_AT = 2_048;
const AWAY = classNumber('away');

/**
 * The statistics of every mailbox of a node. A message costs a few additions in one cache line ({@link arrived},
 * {@link left}); the sums by class, the distribution and the rankings are settled a few times a second, for the mailboxes
 * that were touched. Time is passed in, once a turn.
 */
export class MailboxStatistics {
  readonly decay: Decay;
  /** See {@link StatisticsOptions.keepFrom}. */
  readonly keepFrom: number;
  readonly #slots = new Slots();
  readonly #pages: SlotPage[];
  readonly #flags: number[];
  readonly #figures: readonly ClassFigures[];
  readonly #fillers: Fillers;
  readonly #settlement: Settlement;
  readonly #lives: SlotLives;
  readonly #touched = new Int32Array(SETTLE_AT);
  #touchedCount = 0;

  /** @param now monotonic ms, above 0 */
  constructor(now: number, options: StatisticsOptions = {}) {
    const resolved = resolveStatisticsOptions(options);
    this.keepFrom = resolved.keepFrom;
    const decay = (this.decay = new Decay(now));
    this.#pages = this.#slots.pages;
    this.#flags = this.#slots.flags;
    const slots = this.#slots;
    const figures = (this.#figures = mailboxClasses.map(() => new ClassFigures(decay, slots.places)));
    const fillers = (this.#fillers = new Fillers(resolved.fillers));
    this.#settlement = new Settlement(slots, figures, fillers, decay, resolved);
    this.#lives = new SlotLives(slots, figures, fillers, this.#settlement, decay, resolved);
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
    this.#slots.coldOf(slot)[coldRow(slot) + Cold.DROPPED]! += messages;
    this.#figures[this.#slots.classes[slot]!]!.dropped += messages;
    const flags = this.#flags[slot]!;
    if ((flags & Flag.TOUCHED) === 0) this.#touch(slot, flags, '', 0);
  }

  #touch(slot: number, flags: number, from: string, messages: number): void {
    if ((flags & Flag.COUNTED) !== 0 && messages > 0) this.#fillers.add(slot, from, messages);
    if ((flags & Flag.TOUCHED) !== 0) return;
    this.#flags[slot] = flags | Flag.TOUCHED;
    this.#slots.coldOf(slot)[coldRow(slot) + Cold.TOUCHED_AT] = this.decay.now;
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

  /** As {@link dropped}, of a mailbox that has no slot: expired or purged while its user is away. */
  droppedAway(before: number, messages = 1): void {
    const away = this.#figures[AWAY]!;
    away.dropped += messages;
    away.moved(before, Math.max(0, before - messages));
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
    return this.#lives.open(mailbox, className, depth, oldestAt);
  }

  /** A mailbox has another class: its user has come or gone. */
  move(slot: number, className: MailboxClass): void {
    this.#lives.move(slot, className);
  }

  /** The oldest message of a mailbox came at `at`, monotonic ms: what was on disk says so when it is read. */
  oldestIs(slot: number, at: number): void {
    const page = this.#settlement.page(slot);
    setOldest(page.cold, coldRow(slot), at);
    this.#settlement.settle(slot);
  }

  /**
   * The mailbox leaves memory. One that is deep stays in the rankings and gets its slot again when it is opened; of any
   * other only the sums stay.
   */
  park(mailbox: MeasuredMailbox): void {
    if (mailbox.slot !== 0) this.#lives.park(mailbox);
  }

  /** What the store held when it was opened: part of the sums until its mailboxes are. */
  found(messages: number): void {
    this.#figures[AWAY]!.depth += messages;
  }

  // ---- settling

  /** Brings sums, distribution and rankings up to date; call it a few times a second, and before they are read. */
  settle(): void {
    for (let i = 0; i < this.#touchedCount; i++) {
      const slot = this.#touched[i]!;
      // given back since, and perhaps taken again
      if ((this.#flags[slot]! & Flag.TOUCHED) === 0) continue;
      this.#flags[slot]! &= ~Flag.TOUCHED;
      this.#settlement.settle(slot);
    }
    this.#touchedCount = 0;
  }

  /** Takes slots back from mailboxes that are empty and quiet; call it with each {@link settle}. Looks at some and goes on at the next call. */
  sweep(): void {
    this.#lives.sweep();
  }

  // ---- reading

  /** The slot of a mailbox that has one. */
  slotNamed(name: string): number | undefined {
    return this.#lives.named(name);
  }

  /** Whether a mailbox that is not in memory has a slot. */
  isParked(name: string): boolean {
    return this.#lives.isParked(name);
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
    const page = this.#settlement.page(slot);
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
    const page = this.#settlement.page(slot);
    const h = hotRow(slot);
    const c = coldRow(slot);
    page.hot[h + Hot.RECEIVED] = page.cold[c + Cold.SEEN_RECEIVED] = actor.received;
    page.hot[h + Hot.HANDLED] = page.cold[c + Cold.SEEN_HANDLED] = actor.handled;
    this.observed(slot, actor);
    return slot;
  }

  /** Takes over what an actor says of its mailbox. */
  observed(slot: number, actor: ActorFigures): void {
    const page = this.#settlement.page(slot);
    const h = hotRow(slot);
    const c = coldRow(slot);
    const came = actor.received - page.hot[h + Hot.RECEIVED]!;
    const went = actor.handled - page.hot[h + Hot.HANDLED]!;
    if (came > 0) this.arrived(slot, '', came);
    if (went > 0) this.left(slot, went);
    page.cold[c + Cold.DROPPED] = actor.received - actor.handled - actor.depth;
    if (actor.depth > 0) setOldest(page.cold, c, this.decay.now - actor.oldestAgeMs);
    this.#settlement.settle(slot);
  }

  /** The actor has ended, or is not looked at any more. */
  close(mailbox: MeasuredMailbox): void {
    const { slot } = mailbox;
    if (slot === 0) return;
    const depth = this.#slots.coldOf(slot)[coldRow(slot) + Cold.DEPTH]!;
    this.#figures[this.#slots.classes[slot]!]!.moved(depth, 0);
    this.#lives.free(slot);
  }
}
