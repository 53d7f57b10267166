import { mailboxClasses } from '../mailbox-class.js';
import type { MailboxClass } from '../mailbox-class.js';
import type { Rates } from './mailbox-reading.js';
import type { MailboxStatistics } from './mailbox-statistics.js';

/** The mailboxes of a class together, or all of them. */
export interface ClassSummary {
  readonly class: MailboxClass | 'all';
  readonly depth: number;
  readonly received: number;
  readonly handled: number;
  readonly dropped: number;
  readonly in: Rates;
  readonly out: Rates;
  /** Age of the oldest message, s. */
  readonly oldestSeconds: number;
}

/** The sums of each class, then those of all. */
export function summarize(statistics: MailboxStatistics): ClassSummary[] {
  const classes = mailboxClasses.map((name): ClassSummary => {
    const figures = statistics.of(name);
    const [oldest] = figures.oldest.top(1);
    return {
      class: name,
      depth: figures.depth,
      received: figures.in.total,
      handled: figures.out.total,
      dropped: figures.dropped,
      in: figures.in.rates,
      out: figures.out.rates,
      oldestSeconds: oldest === undefined ? 0 : statistics.reading(oldest).oldestSeconds,
    };
  });
  return [...classes, classes.reduce(add, nothing)];
}

const nothing: ClassSummary = {
  class: 'all',
  depth: 0,
  received: 0,
  handled: 0,
  dropped: 0,
  in: [0, 0, 0],
  out: [0, 0, 0],
  oldestSeconds: 0,
};

function add(all: ClassSummary, one: ClassSummary): ClassSummary {
  return {
    class: 'all',
    depth: all.depth + one.depth,
    received: all.received + one.received,
    handled: all.handled + one.handled,
    dropped: all.dropped + one.dropped,
    in: addRates(all.in, one.in),
    out: addRates(all.out, one.out),
    oldestSeconds: Math.max(all.oldestSeconds, one.oldestSeconds),
  };
}

function addRates(one: Rates, other: Rates): Rates {
  return [one[0] + other[0], one[1] + other[1], one[2] + other[2]];
}
