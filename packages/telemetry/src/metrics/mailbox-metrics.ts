import type { Registry } from 'prom-client';
import { mailboxClasses } from '../mailbox-class.js';
import type { MailboxClass } from '../mailbox-class.js';
import type { TopOptions } from '../options.js';
import type { Pseudonyms } from '../pseudonyms.js';
import type { ClassFigures } from '../statistics/class-figures.js';
import { depthBounds } from '../statistics/depth-distribution.js';
import type { MailboxReading } from '../statistics/mailbox-reading.js';
import type { MailboxStatistics } from '../statistics/mailbox-statistics.js';
import { counter, gauge } from './instruments.js';
import type { Samples } from './instruments.js';

/** Sums by class, the distribution of depths, and the deepest: never a series for each mailbox. */
export function registerMailboxMetrics(
  registry: Registry,
  statistics: MailboxStatistics,
  names: Pseudonyms,
  { top, topFloor }: TopOptions,
): void {
  const byClass = (read: (figures: ClassFigures) => number) => (): Samples =>
    mailboxClasses.map((name) => [{ class: name }, read(statistics.of(name))] as const);
  const deepest = (): MailboxReading[] =>
    mailboxClasses.flatMap((name) =>
      statistics
        .of(name)
        .deepest.top(top)
        .map((slot) => statistics.reading(slot))
        .filter(({ depth }) => depth >= topFloor),
    );
  const labels = ({ class: className, name }: MailboxReading): { class: MailboxClass; mailbox: string } => ({
    class: className,
    mailbox: names.show(name, className),
  });

  gauge(
    registry,
    'mailbeam_mailbox_depth_messages',
    'Messages waiting in mailboxes: queued, sent but unacked, or stored.',
    ['class'],
    byClass(({ depth }) => depth),
  );
  counter(
    registry,
    'mailbeam_mailbox_received_total',
    'Messages that came into mailboxes.',
    ['class'],
    byClass((figures) => figures.in.total),
  );
  counter(
    registry,
    'mailbeam_mailbox_handled_total',
    'Messages that were acked by their user or handled by their actor.',
    ['class'],
    byClass((figures) => figures.out.total),
  );
  counter(
    registry,
    'mailbeam_mailbox_dropped_total',
    'Messages that left mailboxes otherwise: expired, purged or given up.',
    ['class'],
    byClass(({ dropped }) => dropped),
  );
  gauge(
    registry,
    'mailbeam_mailbox_oldest_seconds',
    'Age of the oldest waiting message; 0 when none waits.',
    ['class'],
    byClass(({ oldest }) => oldest.top(1).reduce((_, slot) => statistics.reading(slot).oldestSeconds, 0)),
  );
  gauge(
    registry,
    'mailbeam_mailboxes',
    'Mailboxes by depth: with at least `from` messages, and fewer than the next `from`.',
    ['class', 'from'],
    () =>
      mailboxClasses.flatMap((name) =>
        statistics
          .of(name)
          .distribution.counts.map((count, i) => [{ class: name, from: String(depthBounds[i]) }, count] as const),
      ),
  );
  gauge(
    registry,
    'mailbeam_mailbox_top_depth',
    'Depth of the deepest mailboxes of each class.',
    ['class', 'mailbox'],
    () => deepest().map((reading) => [labels(reading), reading.depth] as const),
  );
  gauge(
    registry,
    'mailbeam_mailbox_top_stalled_seconds',
    'How long nothing has left the deepest mailboxes although their consumer is there.',
    ['class', 'mailbox'],
    () => deepest().map((reading) => [labels(reading), reading.stalledSeconds] as const),
  );
  gauge(
    registry,
    'mailbeam_mailbox_top_drain_seconds',
    'Time until the deepest mailboxes are empty at their pace; +Inf when they are not draining.',
    ['class', 'mailbox'],
    () =>
      deepest().flatMap((reading) =>
        reading.drainSeconds === undefined ? [] : [[labels(reading), reading.drainSeconds] as const],
      ),
  );
}
