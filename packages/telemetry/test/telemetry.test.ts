import { afterEach, expect, test } from '@jest/globals';
import type { AlertEvent } from '../src/alerts/alert.js';
import type { TelemetryErrorCode } from '../src/errors.js';
import type { Telemetry } from '../src/telemetry.js';
import type { TelemetryOptions } from '../src/telemetry.js';
import { telemetry } from './metrics/telemetry-fixture.js';

let open: Telemetry | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

test('a consumer that takes nothing is told to every sink within 15 s', () => {
  const t = (open = telemetry());
  const told: AlertEvent[] = [];
  let beats = 0;
  t.addSink({ name: 'test', tell: (event) => void told.push(event), close: () => Promise.resolve() });
  const follower = {
    write: (text: string): boolean => {
      if (text.startsWith(':')) beats++;
      return true;
    },
    close: () => undefined,
  };
  t.events.follow(follower, undefined, []);
  const bob = { name: 'bob', slot: 0 };
  for (let now = 1_250; now <= 16_000; now += 250) {
    t.turn(now);
    if (bob.slot === 0) t.statistics.open(bob, 'session');
    t.statistics.arrived(bob.slot, 'ann', 50);
    t.tick(now, now);
  }
  expect(told.map(({ type, alert }) => `${type} ${alert.rule} ${alert.name}`)).toContain(
    `firing consumer_stuck ${t.names.of('bob')}`,
  );
  expect(beats).toBe(1);
});

const refused = (code: TelemetryErrorCode) => expect.objectContaining({ code });

test.each<[string, Partial<TelemetryOptions>, TelemetryErrorCode]>([
  ['an unknown option of the statistics', { statistics: { rankfrom: 3 } as never }, 'bad_option'],
  ['one out of its range', { statistics: { quietMs: 10 } }, 'bad_option'],
  ['one of the alerts that is no whole number', { alerts: { groupAbove: 1.5 } }, 'bad_option'],
  ['too many series', { top: 5_000 }, 'bad_option'],
  ['a wrong rule', { rules: [{}] }, 'bad_rule'],
])('%s is refused by name', (_, options, code) => {
  expect(() => telemetry(options)).toThrow(refused(code));
});
