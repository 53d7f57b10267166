import { Cold } from './slot-page.js';

/** Marks of one mailbox: pairs of a count of messages received, and when it was that. */
const MARKS = 4;
const FIRST = Cold.MARKS;
const END = Cold.MARKS + 2 * MARKS;
/** Another mark is set once the last is so much of the age behind. */
const MARK_EVERY = 0.25;

/**
 * How old the oldest message of a mailbox is, without a time for every message: marks say "all that came after the n-th
 * message came after t". Once n have left, the oldest that waits came after t. The answer is never too young; it is too
 * old by a quarter or so, and by the time between two settlements.
 *
 * @param row where the mailbox's cold row begins
 * @param gone how many have left, on the same count as `received`
 * @param touchedAt what came since the last settlement came at this time or later
 */
export function settleAge(
  cold: Float64Array,
  row: number,
  received: number,
  gone: number,
  touchedAt: number,
  now: number,
): void {
  if (gone >= received) {
    cold[row + Cold.OLDEST_AT] = 0;
    cold.fill(0, row + FIRST, row + END);
    return;
  }
  if (cold[row + Cold.OLDEST_AT] === 0) cold[row + Cold.OLDEST_AT] = touchedAt;
  while (cold[row + FIRST + 1] !== 0 && cold[row + FIRST]! <= gone) {
    cold[row + Cold.OLDEST_AT] = cold[row + FIRST + 1]!;
    cold.copyWithin(row + FIRST, row + FIRST + 2, row + END);
    cold.fill(0, row + END - 2, row + END);
  }
  setMark(cold, row, received, now);
}

function setMark(cold: Float64Array, row: number, received: number, now: number): void {
  let free = FIRST;
  while (free < END && cold[row + free + 1] !== 0) free += 2;
  if (free === END) return;
  if (free > FIRST) {
    const age = now - cold[row + Cold.OLDEST_AT]!;
    if (cold[row + free - 2] === received || now - cold[row + free - 1]! < age * MARK_EVERY) return;
  }
  cold[row + free] = received;
  cold[row + free + 1] = now;
}

/** What is waiting came at or after `at`, which somebody knows better: from disk, or from the actor itself. */
export function setOldest(cold: Float64Array, row: number, at: number): void {
  cold[row + Cold.OLDEST_AT] = at;
  cold.fill(0, row + FIRST, row + END);
}
