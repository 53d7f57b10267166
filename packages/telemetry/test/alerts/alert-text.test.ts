import { expect, test } from '@jest/globals';
import { alertText, duration } from '../../src/alerts/alert-text.js';
import { sampleAlert as alert } from './sample-alert.js';

test('an alert says in ten lines what an operator has to know', () => {
  expect(alertText({ type: 'firing', alert })).toBe(
    `critical: consumer_stuck: session 3kq9x0r2ab
Nothing is taken out of a mailbox, and more and more comes in.
since     2026-11-21T09:00:00.000Z (3 min 20 s)
depth     41,250, +204/s
rates     in 210 204 180, out 0 0.123 12 (per s, over 1, 10, 100 s)
oldest    3 min 23 s, nothing taken for 3 min 21 s
drained   never, at this pace
runs      session 12
last load session 12, 5 min 20 s ago
doing     not acking: 4,096 in flight
filled by $news 75 %, 9mm2c0aaaa 5 to 10 %
look      mailbeam inspect 3kq9x0r2ab`,
  );
});

test('an alert about restarts, an interceptor or many mailboxes says what there is to say', () => {
  const restarts = { ...alert, class: null, name: 'echo 7', figures: null, restarts: 12, topSenders: [], doing: null };
  expect(alertText({ type: 'resolved', alert: restarts })).toContain('resolved: consumer_stuck: actors of echo 7');
  expect(alertText({ type: 'resolved', alert: restarts })).toContain('restarts  12 in the last minute');
  const off = { ...restarts, name: 'filter 3', restarts: null, doing: 'switched off' };
  expect(alertText({ type: 'firing', alert: off })).toContain('critical: consumer_stuck: interceptor filter 3\n');
  expect(alertText({ type: 'firing', alert: off })).toContain('doing     switched off');
  const many = { ...alert, mailboxes: 1_200, examples: ['a', 'b'] };
  expect(alertText({ type: 'firing', alert: many })).toContain(
    'critical: consumer_stuck: 1,200 session mailboxes, worst 3kq',
  );
  expect(alertText({ type: 'firing', alert: many })).toContain('among     a, b');
});

test.each([
  [0, '0 s'],
  [1.234, '1.23 s'],
  [59.9, '59.9 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [3_600, '1 h'],
  [7_500, '2 h 5 min'],
  [273_600, '3 d 4 h'],
])('%p s are written %p', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
