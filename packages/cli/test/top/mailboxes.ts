import type { ClassSummary, MailboxesView, MailboxRow } from '@mailbeam/router/admin-views';

const sum = (className: ClassSummary['class'], depth: number): ClassSummary => ({
  class: className,
  depth,
  received: 2 * depth,
  handled: depth,
  dropped: 0,
  in: [0, 12.34, 0],
  out: [0, 2.3, 0],
  oldestSeconds: depth === 0 ? 0 : 75,
});

export const row = (name: string, more: Partial<MailboxRow> = {}): MailboxRow => ({
  ...{ name, class: 'session', depth: 1_200, received: 1_300, handled: 100, in: [9, 40, 3], out: [1, 2, 3] },
  ...{ growth: 38, oldestSeconds: 4.25, stalledSeconds: 0, drainSeconds: 12, ...more },
});

/** What the admin port says of three mailboxes. */
export const mailboxes: MailboxesView = {
  at: new Date(2026, 10, 21, 10, 30).getTime(),
  connections: 2,
  pendingMessages: 5_200,
  pendingBytes: 1,
  counted: true,
  runQueue: 0,
  deadLetters: 0,
  worstAlert: 'critical',
  alerts: 1,
  classes: [sum('session', 5_200), sum('away', 0), sum('all', 5_200)],
  mailboxes: [
    row('bob', { depth: 4_000, stalledSeconds: 90, drainSeconds: 'never' }),
    row('anna-with-a-name-that-is-too-long\u001b[31m'),
    row('cid', { class: 'away', depth: 150, drainSeconds: null }),
  ],
};
