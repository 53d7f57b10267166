import { describe, expect, test } from '@jest/globals';
import { MailboxStatistics } from '../../src/statistics/mailbox-statistics.js';
import { mailbox } from '../mailbox.js';
import { Random } from '../random.js';

const spans = [1, 10, 100];
const turnMs = 5;
const start = 1_000;

/** Events at `rate` a second from `start` on, for so long, in turns of 5 ms. */
function steady(statistics: MailboxStatistics, slot: number, rate: number, seconds: number): number {
  let now = statistics.decay.now;
  const perTurn = (rate * turnMs) / 1_000;
  for (let turn = 0; turn < (seconds * 1_000) / turnMs; turn++) {
    now += turnMs;
    statistics.turn(now);
    statistics.arrived(slot, 'ann', perTurn);
  }
  return now;
}

const within = (part: number, actual: number, expected: number, grain = 1e-9): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.abs(expected) * part + grain);

describe('rates', () => {
  test.each([3, 20, 250, 1_000])('match the closed form within 1 % after %d s of a steady flow', (seconds) => {
    const statistics = new MailboxStatistics(start);
    const slot = statistics.open(mailbox('bob'), 'session');
    steady(statistics, slot, 400, seconds);
    spans.forEach((span, i) => within(0.01, statistics.reading(slot).in[i]!, 400 * (1 - Math.exp(-seconds / span))));
  });

  test.each([1, 10, 60, 700])('fade as the closed form says, %d s after the flow has ended', (silent) => {
    const statistics = new MailboxStatistics(start);
    const slot = statistics.open(mailbox('bob'), 'session');
    const end = steady(statistics, slot, 400, 50);
    statistics.turn(end + silent * 1_000);
    spans.forEach((span, i) => {
      const expected = 400 * (1 - Math.exp(-50 / span)) * Math.exp(-silent / span);
      within(0.01, statistics.reading(slot).in[i]!, expected);
    });
  });

  const random = new Random();
  test(`are the sum of what every single event is still worth, at random times over an hour (seed ${random.seed})`, () => {
    const statistics = new MailboxStatistics(start);
    const slot = statistics.open(mailbox('bob'), 'session');
    const events: { at: number; n: number }[] = [];
    let now = start;
    for (let i = 0; i < 2_000; i++) {
      now += random.chance(0.01) ? random.below(100_000) : random.below(500);
      const n = 1 + random.below(20);
      statistics.turn(now);
      statistics.left(slot, n);
      events.push({ at: now, n });
    }
    spans.forEach((span, i) => {
      const expected = events.reduce((sum, { at, n }) => sum + (n / span) * Math.exp((at - now) / 1_000 / span), 0);
      within(0.01, statistics.reading(slot).out[i]!, expected);
    });
  });

  test('of a class are those of its mailboxes together', () => {
    const statistics = new MailboxStatistics(start);
    const slots = ['bob', 'cid', 'dan'].map((name) => statistics.open(mailbox(name), 'service'));
    let now = start;
    for (let second = 0; second < 400; second++) {
      now += 1_000;
      statistics.turn(now);
      for (const slot of slots) statistics.arrived(slot, 'ann', 10);
      statistics.settle();
    }
    const [, per10] = statistics.of('service').in.rates;
    const single = statistics.reading(slots[0]!).in[1];
    within(0.001, per10, 3 * single);
    expect(statistics.of('service').in.total).toBe(12_000);
    expect(statistics.of('session').in.total).toBe(0);
  });
});

describe('time to drain', () => {
  test('a mailbox of 600,000 with 40,000 out per 15 s is told to need the time that arithmetic says', () => {
    const statistics = new MailboxStatistics(start);
    const bob = mailbox('bob');
    statistics.open(bob, 'session', 600_000);
    let now = start;
    let left = 0;
    while (left < 40_000) {
      now += turnMs;
      statistics.turn(now);
      statistics.left(bob.slot, 40_000 / (15_000 / turnMs));
      left += 40_000 / (15_000 / turnMs);
    }
    const { depth, drainSeconds } = statistics.reading(bob.slot);
    expect(depth).toBeCloseTo(560_000, 0);
    within(0.01, drainSeconds!, 560_000 / (40_000 / 15));
  });

  test('is told within 20 % of what it then takes, from the third second on, while others go on sending', () => {
    const statistics = new MailboxStatistics(start);
    const bob = mailbox('bob');
    // away for an hour, and filled all the time
    statistics.open(bob, 'away');
    let now = start;
    for (let second = 0; second < 3_600; second++) {
      now += 1_000;
      statistics.turn(now);
      statistics.arrived(bob.slot, 'ann', 20);
    }
    expect(statistics.reading(bob.slot).drainSeconds).toBeUndefined();
    statistics.move(bob.slot, 'session');
    const told: { at: number; seconds: number }[] = [];
    while (statistics.reading(bob.slot).depth > 0) {
      now += 100;
      statistics.turn(now);
      statistics.arrived(bob.slot, 'ann', 2);
      statistics.left(bob.slot, 100);
      told.push({ at: now, seconds: statistics.reading(bob.slot).drainSeconds! });
    }
    for (const { at, seconds } of told.slice(30)) within(0.2, seconds, (now - at) / 1_000, 0.1);
  });

  test('is 0 when nothing waits, infinite when as much comes as leaves, and unknown of somebody who is away', () => {
    const statistics = new MailboxStatistics(start);
    const [empty, even, away] = [mailbox('empty'), mailbox('even'), mailbox('away')];
    statistics.open(empty, 'session');
    statistics.open(even, 'session', 10);
    statistics.open(away, 'away', 10);
    for (let now = start + 100; now < start + 5_000; now += 100) {
      statistics.turn(now);
      statistics.arrived(even.slot, 'ann');
      statistics.left(even.slot);
    }
    const told = [empty, even, away].map(({ slot }) => statistics.reading(slot).drainSeconds);
    expect(told).toEqual([0, Infinity, undefined]);
  });
});
