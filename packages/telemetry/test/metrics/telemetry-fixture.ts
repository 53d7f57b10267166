import type { SwitchedOff } from '../../src/alerts/switched-off-source.js';
import type { NodeFigures } from '../../src/metrics/node-figures.js';
import { Telemetry } from '../../src/telemetry.js';
import type { TelemetryOptions } from '../../src/telemetry.js';

export const figures: NodeFigures = {
  version: '0.1.0',
  pendingMessages: 42,
  mailboxesCounted: true,
  pendingBytes: 4_200,
  elided: 900,
  accepted: 1_000,
  delivered: 950,
  failed: 8,
  imbalance: 0,
  connections: 17,
  rejected: new Map([
    ['mailbox_full', 3],
    ['overloaded', 1],
  ]),
  runQueue: 2,
  deadLetters: {
    kept: 3,
    bytes: 300,
    givenUp: new Map([
      ['$bank', 4],
      ['$echo', 0],
    ]),
    lost: new Map([
      ['pushed_out', 1],
      ['disk_full', 0],
    ]),
  },
  traces: null,
};

/** Telemetry of a node that has no actors. */
export function telemetry(
  options: Partial<TelemetryOptions> = {},
  switchedOff: readonly SwitchedOff[] = [],
): Telemetry {
  return new Telemetry(
    {
      system: { info: () => undefined, onMailboxGrowth: () => () => undefined },
      figures: () => figures,
      describe: () => ({ behaviour: 'session', version: '1', lastLoad: null, doing: null }),
      sendersOf: () => [],
      lastLoad: () => null,
      switchedOff: () => switchedOff,
    },
    { now: 1_000, key: Buffer.from('0123456789abcdef'), ...options },
  );
}

/** As {@link telemetry}, with something of everything. */
export function busyTelemetry(options: Partial<TelemetryOptions> = {}): Telemetry {
  const t = telemetry(options, [{ name: 'filter', version: '2', overruns: 10, whenOff: 'reject' }]);
  const { statistics, histograms } = t;
  const deep = { name: 'bob', slot: 0 };
  const away = { name: 'cid "the\\quiet"', slot: 0 };
  const service = { name: '$bank', slot: 0 };
  statistics.open(deep, 'session');
  statistics.arrived(deep.slot, 'ann', 500);
  statistics.open(away, 'away');
  statistics.arrived(away.slot, 'ann', 300);
  statistics.open(service, 'service', 5_000);
  for (let now = 1_100; now < 3_000; now += 100) {
    statistics.turn(now);
    statistics.left(service.slot, 10);
  }
  statistics.dropped(away.slot, 5);
  t.restarts.restarted('echo', '7', 2_000);
  for (const seconds of [0.0002, 0.003, 0.003, 0.7, 100]) histograms.accept.observe(seconds);
  histograms.commitSize.observe(64, 3);
  t.deliveries.add({ sink: 'webhook', outcome: 'delivered', alerts: 1 });
  t.tick(3_000, Date.UTC(2026, 10, 21));
  return t;
}
