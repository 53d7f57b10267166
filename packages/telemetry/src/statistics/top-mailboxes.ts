import { mailboxClasses } from '../mailbox-class.js';
import type { MailboxClass } from '../mailbox-class.js';
import type { ClassFigures } from './class-figures.js';
import type { MailboxReading } from './mailbox-reading.js';
import type { MailboxStatistics } from './mailbox-statistics.js';

/** What mailboxes can be sorted by: depth, growth, age of the oldest, messages in and out a second, time to drain. */
export const topOrders = ['depth', 'growth', 'age', 'rate', 'drain'] as const;
export type TopOrder = (typeof topOrders)[number];

/** Of each class so many of the deepest are looked at for the orders that have no ranking. */
const LOOKED_AT = 500;

const valueOf: { readonly [O in TopOrder]: (reading: MailboxReading) => number } = {
  depth: ({ depth }) => depth,
  growth: ({ growth }) => growth,
  age: ({ oldestSeconds }) => oldestSeconds,
  rate: (reading) => reading.in[1] + reading.out[1],
  drain: ({ drainSeconds }) => drainSeconds ?? -1,
};

const slotsOf: { readonly [O in TopOrder]: (figures: ClassFigures, k: number) => number[] } = {
  depth: ({ deepest }, k) => deepest.top(k),
  growth: ({ growing }, k) => growing.top(k),
  age: ({ oldest }, k) => oldest.top(k),
  rate: ({ deepest }) => deepest.top(LOOKED_AT),
  drain: ({ deepest }) => deepest.top(LOOKED_AT),
};

/**
 * The `k` mailboxes with the most of something, the most first: exactly by depth, growth and age; by rate and time to drain
 * among the deepest.
 */
export function topMailboxes(
  statistics: MailboxStatistics,
  order: TopOrder,
  k: number,
  classes: readonly MailboxClass[] = mailboxClasses,
): MailboxReading[] {
  return classes
    .flatMap((name) => slotsOf[order](statistics.of(name), k).map((slot) => statistics.reading(slot)))
    .sort((one, other) => compare(valueOf[order](other), valueOf[order](one)))
    .slice(0, k);
}

/** As a difference, of what may be infinite. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}
