import { expect, test } from '@jest/globals';
import { prettyFactory } from 'pino-pretty';
import { forPeople, rootLog } from '../../src/log/log.js';

/** The line that somebody at a terminal sees. */
function shown(area: string, fields: object, text: string): string {
  let line = '';
  const log = rootLog({ write: (json: string) => void (line = json) });
  log.child({ area }).warn(fields, text);
  return prettyFactory({ ...forPeople, colorize: false })(line);
}

test('a line for people begins with time, level and area, and ends with what its text does not say', () => {
  expect(shown('node', { pending: 7 }, 'ready')).toMatch(
    /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: node: ready \{"pending":7\}\n$/,
  );
});

test('an alert is told at a terminal in words alone', () => {
  const fields = { event: 'alert_firing', alert: { rule: 'consumer_stuck', figures: { depth: 220 } } };
  expect(shown('alerts', fields, 'warning: bob')).toMatch(/ WARN: alerts: warning: bob {"event":"alert_firing"}\n$/);
});
