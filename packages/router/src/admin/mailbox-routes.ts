import { drainJson, mailboxClasses, summarize, topMailboxes, topOrders } from '@mailbeam/telemetry';
import type { AlertLevel, ClassSummary, DrainJson, MailboxReading, Telemetry } from '@mailbeam/telemetry';
import type { NodeFigures } from '@mailbeam/telemetry';
import type { AdminRoute } from './admin-server.js';

const MOST_SHOWN = 1_000;

/** A mailbox among others; `name` as it may be shown. */
export type MailboxRow = Omit<MailboxReading, 'drainSeconds'> & { readonly drainSeconds: DrainJson };

/** The mailboxes that stand out, and the sums of all. */
export interface MailboxesView {
  /** Ms since the epoch. */
  readonly at: number;
  readonly connections: number;
  readonly pendingMessages: number;
  readonly pendingBytes: number;
  /** False for some seconds after a start: deep mailboxes of people who are away may be missing. */
  readonly counted: boolean;
  readonly runQueue: number;
  /** In the dead-letter box. */
  readonly deadLetters: number;
  readonly worstAlert: AlertLevel;
  readonly alerts: number;
  /** By class, the last of all together. */
  readonly classes: readonly ClassSummary[];
  readonly mailboxes: readonly MailboxRow[];
}

/** What these routes need of a node. */
export interface MailboxesHost {
  readonly telemetry: Telemetry;
  readonly figures: () => NodeFigures;
  /** Ms since the epoch. */
  readonly wall: () => number;
}

/** The mailboxes with the most of something. */
export function mailboxRoutes({ telemetry, figures, wall }: MailboxesHost): AdminRoute[] {
  const { statistics, names, alerts } = telemetry;
  const show = (reading: MailboxReading): MailboxRow => ({
    ...reading,
    name: names.show(reading.name, reading.class),
    drainSeconds: drainJson(reading.drainSeconds),
  });
  return [
    {
      method: 'GET',
      path: '/mailboxes',
      handle(_params, query) {
        const order = topOrders.find((one) => one === (query.get('order') ?? 'depth'));
        const given = query.get('class');
        const classes = given === null ? mailboxClasses : mailboxClasses.filter((one) => one === given);
        const limit = Number(query.get('limit') ?? 20);
        if (order === undefined) return bad(`order is ${topOrders.join(', ')}`);
        if (classes.length === 0) return bad(`class is ${mailboxClasses.join(', ')}`);
        if (!Number.isInteger(limit) || limit < 0 || limit > MOST_SHOWN)
          return bad(`limit is a whole number from 0 to ${MOST_SHOWN}`);
        statistics.settle();
        const { connections, pendingMessages, pendingBytes, mailboxesCounted, runQueue, deadLetters } = figures();
        const body: MailboxesView = {
          at: wall(),
          ...{ connections, pendingMessages, pendingBytes, counted: mailboxesCounted },
          ...{ runQueue, deadLetters: deadLetters.kept },
          worstAlert: alerts.worst,
          alerts: alerts.firing().reduce((sum, { warning, critical }) => sum + warning + critical, 0),
          classes: summarize(statistics),
          mailboxes: topMailboxes(statistics, order, limit, classes).map(show),
        };
        return { status: 200, body };
      },
    },
  ];
}

function bad(detail: string): { status: number; body: unknown } {
  return { status: 400, body: { error: 'bad_option', detail } };
}
