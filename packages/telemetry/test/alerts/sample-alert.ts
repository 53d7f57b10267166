import type { Alert, AlertEvent } from '../../src/alerts/alert.js';

const since = Date.UTC(2026, 10, 21, 9, 0, 0);

export const sampleAlert: Alert = {
  id: 'consumer_stuck/3kq9x0r2ab',
  rule: 'consumer_stuck',
  severity: 'critical',
  summary: 'Nothing is taken out of a mailbox, and more and more comes in.',
  name: '3kq9x0r2ab',
  class: 'session',
  mailboxes: 1,
  examples: [],
  since,
  at: since + 200_000,
  figures: {
    depth: 41_250,
    in: [210, 204.4, 180],
    out: [0, 0.123, 12],
    growth: 204.3,
    oldestSeconds: 203,
    stalledSeconds: 201,
    drainSeconds: Infinity,
  },
  restarts: null,
  behaviour: 'session',
  version: '12',
  lastLoad: { module: 'session', version: '12', at: since - 120_000 },
  doing: 'not acking: 4,096 in flight',
  topSenders: [
    { name: '$news', messages: 30_000, error: 0, share: 0.75 },
    { name: '9mm2c0aaaa', messages: 4_000, error: 2_000, share: 0.1 },
  ],
  look: 'mailbeam inspect 3kq9x0r2ab',
};

export const event = (type: AlertEvent['type'], changes: Partial<Alert> = {}): AlertEvent => ({
  type,
  alert: { ...sampleAlert, ...changes },
});
