import { shrink } from '../rates/decay.js';

/*
 * The figures of mailboxes, in rows of two tables. A hot row is one cache line: all that a message touches.
 *
 *  hot    0 in 1 s | 1 in 10 s | 2 in 100 s | 3 out 1 s | 4 out 10 s | 5 out 100 s | 6 received | 7 handled
 *  cold   see Cold
 */

/** log2 of the slots of a page. */
export const PAGE_BITS = 10;
export const PAGE_SLOTS = 1 << PAGE_BITS;
export const PAGE_MASK = PAGE_SLOTS - 1;

export const HOT = 8;
export const Hot = { IN: 0, OUT: 3, RECEIVED: 6, HANDLED: 7 } as const;

export const COLD = 18;
export const Cold = {
  /** Received and handled, as the sums by class know them. */
  SEEN_RECEIVED: 0,
  SEEN_HANDLED: 1,
  /** What left without being handled, less what waited when the slot was opened. depth = received - handled - dropped. */
  DROPPED: 2,
  /** Depth as the sums, the distribution and the rankings know it. */
  DEPTH: 3,
  /** Since when it has had this consumer, and the sums of in and out over 10 s at that moment. */
  SINCE: 4,
  SINCE_IN: 5,
  SINCE_OUT: 6,
  /** When something last left, or the first of what waits came. */
  PROGRESS_AT: 7,
  /** When the first message came that was not settled yet. */
  TOUCHED_AT: 8,
  /** When the oldest message came. */
  OLDEST_AT: 9,
  /** Marks of its age; see waiting-age.ts. */
  MARKS: 10,
} as const;

/** The rows of 1,024 slots. Pages are added as they are needed, so that nothing is copied when there are more. */
export class SlotPage {
  readonly hot = new Float64Array(PAGE_SLOTS * HOT);
  readonly cold = new Float64Array(PAGE_SLOTS * COLD);
  /** What the sums of the page are counted from. */
  landmark: number;

  constructor(landmark: number) {
    this.landmark = landmark;
  }

  /** Counts the sums from a newer landmark. */
  rebase(landmark: number): void {
    const moved = landmark - this.landmark;
    this.landmark = landmark;
    const [by1, by10, by100] = [shrink(moved, 1), shrink(moved, 10), shrink(moved, 100)];
    const { hot, cold } = this;
    for (let i = 0; i < hot.length; i += HOT) {
      hot[i]! *= by1;
      hot[i + 1]! *= by10;
      hot[i + 2]! *= by100;
      hot[i + 3]! *= by1;
      hot[i + 4]! *= by10;
      hot[i + 5]! *= by100;
    }
    for (let i = 0; i < cold.length; i += COLD) {
      cold[i + Cold.SINCE_IN]! *= by10;
      cold[i + Cold.SINCE_OUT]! *= by10;
    }
  }

  clear(slot: number): void {
    const at = slot & PAGE_MASK;
    this.hot.fill(0, at * HOT, (at + 1) * HOT);
    this.cold.fill(0, at * COLD, (at + 1) * COLD);
  }
}
