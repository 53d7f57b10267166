import { describe, expect, test } from '@jest/globals';
import { mailboxClasses } from '../../src/mailbox-class.js';
import type { MailboxClass } from '../../src/mailbox-class.js';
import { depthBounds } from '../../src/statistics/depth-distribution.js';
import { MailboxStatistics } from '../../src/statistics/mailbox-statistics.js';
import type { MeasuredMailbox } from '../../src/statistics/slots.js';
import { mailbox } from '../mailbox.js';
import { Random } from '../random.js';

interface Model {
  readonly box: MeasuredMailbox;
  class: MailboxClass;
  received: number;
  handled: number;
  /** When each waiting message came. */
  readonly waiting: number[];
  readonly came: { at: number; n: number }[];
}

const growthOf = ({ came }: Model, now: number): number =>
  came.reduce((sum, { at, n }) => sum + (n / 10) * Math.exp((at - now) / 10_000), 0);

const random = new Random();

describe(`the statistics of random mailboxes (seed ${random.seed})`, () => {
  const statistics = new MailboxStatistics(1_000, { rankFrom: 1, keepFrom: 1 });
  const models: Model[] = Array.from({ length: 400 }, (_, i) => ({
    box: mailbox(`m${i}`),
    class: random.pick(mailboxClasses),
    received: 0,
    handled: 0,
    waiting: [],
    came: [],
  }));
  const of = (name: MailboxClass): Model[] => models.filter((m) => m.class === name);
  let now = 1_000;

  function step(): void {
    now += random.below(200);
    statistics.turn(now);
    for (let i = 0; i < 20; i++) {
      const model = models[random.chance(0.5) ? random.below(20) : random.below(models.length)]!;
      const { box } = model;
      if (box.slot === 0) statistics.open(box, model.class, model.waiting.length);
      const dice = random.next();
      if (dice < 0.5) {
        const n = 1 + random.below(10);
        statistics.arrived(box.slot, 'ann', n);
        model.received += n;
        model.came.push({ at: now, n });
        for (let k = 0; k < n; k++) model.waiting.push(now);
      } else if (dice < 0.9) {
        const n = random.below(Math.min(15, model.waiting.length + 1));
        model.waiting.splice(0, n);
        statistics.left(box.slot, n);
        model.handled += n;
        model.came.push({ at: now, n: -n });
      } else if (dice < 0.95) {
        const n = random.below(Math.min(3, model.waiting.length + 1));
        model.waiting.splice(0, n);
        statistics.dropped(box.slot, n);
      } else {
        model.class = random.pick(mailboxClasses);
        statistics.move(box.slot, model.class);
      }
    }
    if (random.chance(0.3)) statistics.settle();
    statistics.sweep();
  }

  for (let round = 0; round < 30; round++) {
    test(`agree with a model that counts everything and sorts, round ${round}`, () => {
      for (let i = 0; i < 100; i++) step();
      statistics.settle();
      for (const name of mailboxClasses) {
        const figures = statistics.of(name);
        const all = of(name);
        const read = (slots: number[]) => slots.map((slot) => statistics.reading(slot));
        expect(figures.depth).toBe(all.reduce((sum, m) => sum + m.waiting.length, 0));
        expect(read(figures.deepest.top(10)).map((r) => r.depth)).toEqual(
          all
            .map((m) => m.waiting.length)
            .filter((depth) => depth > 0)
            .sort((a, b) => b - a)
            .slice(0, 10),
        );
        const growing = all
          .filter((m) => m.waiting.length > 0)
          .map((m) => growthOf(m, now))
          .filter((growth) => growth > 1e-9)
          .sort((a, b) => b - a)
          .slice(0, 10);
        const ranked = read(figures.growing.top(10)).filter((r) => r.growth > 1e-9);
        expect(ranked.length).toBe(growing.length);
        ranked.forEach((r, i) => expect(r.growth).toBeCloseTo(growing[i]!, 3));
        expect(figures.distribution.counts).toEqual(
          depthBounds.map((least, i) => {
            const next = depthBounds[i + 1] ?? Infinity;
            return all.filter((m) => m.waiting.length >= least && m.waiting.length < next).length;
          }),
        );
      }
      const totals = mailboxClasses.map((name) => statistics.of(name));
      const sum = (of: (f: (typeof totals)[number]) => number): number => totals.reduce((n, f) => n + of(f), 0);
      expect(sum((f) => f.in.total)).toBe(models.reduce((n, m) => n + m.received, 0));
      expect(sum((f) => f.out.total)).toBe(models.reduce((n, m) => n + m.handled, 0));
    });
  }

  test('no age is told too young', () => {
    for (const { box, waiting } of models) {
      if (box.slot === 0 || waiting.length === 0) continue;
      const age = (now - waiting[0]!) / 1_000;
      const told = statistics.reading(box.slot).oldestSeconds;
      expect(told).toBeGreaterThanOrEqual(age - 1e-9);
    }
  });
});

describe('the age of the oldest message', () => {
  /** A queue of `seconds` at a steady pace; the true age is always that. */
  function ages(seconds: number, perSecond: number): number[] {
    const statistics = new MailboxStatistics(1_000);
    const box = mailbox('bob');
    statistics.open(box, 'service');
    const told: number[] = [];
    for (let now = 1_100; now < 600_000; now += 100) {
      statistics.turn(now);
      statistics.arrived(box.slot, 'ann', perSecond / 10);
      if (now >= 1_100 + seconds * 1_000) statistics.left(box.slot, perSecond / 10);
      if (now % 200 === 0) statistics.settle();
      if (now > 1_100 + seconds * 3_000) told.push(statistics.reading(box.slot).oldestSeconds);
    }
    return told;
  }

  test.each([
    [2, 50],
    [10, 10],
    [60, 1_000],
  ])('of a queue of %d s at %d a second is told within 40 %%, and never too young', (seconds, perSecond) => {
    const told = ages(seconds, perSecond);
    expect(Math.min(...told)).toBeGreaterThanOrEqual(seconds - 0.001);
    expect(Math.max(...told)).toBeLessThanOrEqual(seconds * 1.4 + 0.2);
  });

  test('is that of the message when nothing leaves', () => {
    const statistics = new MailboxStatistics(1_000);
    const box = mailbox('bob');
    statistics.open(box, 'session');
    statistics.turn(5_000);
    statistics.arrived(box.slot, 'ann');
    for (let now = 5_000; now < 65_000; now += 250) {
      statistics.turn(now);
      statistics.settle();
    }
    statistics.turn(65_000);
    expect(statistics.reading(box.slot)).toMatchObject({ oldestSeconds: 60, stalledSeconds: 60 });
    expect(statistics.of('session').oldest.top(1)).toEqual([box.slot]);
  });

  test('of what a store held is what the store says, also when it is older than the clock', () => {
    const statistics = new MailboxStatistics(1_000);
    const box = mailbox('bob');
    statistics.open(box, 'session', 40, 1_000 - 3_600_000);
    statistics.turn(2_000);
    expect(statistics.reading(box.slot)).toMatchObject({ depth: 40, oldestSeconds: 3_601, stalledSeconds: 1 });
    statistics.oldestIs(box.slot, 1_000 - 7_200_000);
    expect(statistics.reading(box.slot).oldestSeconds).toBe(7_201);
  });
});

describe('slots', () => {
  test('of mailboxes that are empty and quiet are given back, and used again', () => {
    const statistics = new MailboxStatistics(1_000, { quietMs: 10_000 });
    const boxes = Array.from({ length: 3_000 }, (_, i) => mailbox(`m${i}`));
    for (const box of boxes) {
      statistics.open(box, 'session');
      statistics.arrived(box.slot, 'ann');
      statistics.left(box.slot);
    }
    statistics.arrived(boxes[7]!.slot, 'ann');
    expect(statistics.slots).toBe(3_000);
    statistics.turn(12_000);
    statistics.settle();
    for (let i = 0; i < 4; i++) statistics.sweep();
    expect(statistics.slots).toBe(1);
    expect(boxes.filter((box) => box.slot !== 0)).toEqual([boxes[7]]);
    expect(statistics.of('session').depth).toBe(1);
    expect(statistics.open(mailbox('new'), 'session')).toBeLessThanOrEqual(3_000);
  });

  test('a deep mailbox that leaves memory stays in the rankings, and goes on when it is back', () => {
    const statistics = new MailboxStatistics(1_000);
    statistics.open(mailbox('shallow'), 'session');
    const first = mailbox('bob');
    statistics.open(first, 'session');
    statistics.arrived(first.slot, 'ann', 500);
    statistics.park(first);
    expect(first.slot).toBe(0);
    const [slot] = statistics.of('away').deepest.top(1);
    expect(statistics.reading(slot!)).toMatchObject({ name: 'bob', class: 'away', depth: 500 });
    const second = mailbox('bob');
    expect(statistics.open(second, 'session', 500)).toBe(slot);
    statistics.left(second.slot, 500);
    statistics.settle();
    expect(mailboxClasses.map((name) => statistics.of(name).depth)).toEqual([0, 0, 0, 0, 0]);
  });

  test('of a shallow one only the sums stay, and they are right when it is back', () => {
    const statistics = new MailboxStatistics(1_000);
    const first = mailbox('bob');
    statistics.open(first, 'away');
    statistics.arrived(first.slot, 'ann', 20);
    statistics.park(first);
    expect(statistics.slots).toBe(0);
    statistics.arrivedAway(20);
    statistics.arrivedAway(21);
    statistics.droppedAway(22);
    expect([statistics.of('away').depth, statistics.of('away').dropped]).toEqual([21, 1]);
    const second = mailbox('bob');
    statistics.open(second, 'session', 21);
    expect([statistics.of('away').depth, statistics.of('session').depth]).toEqual([0, 21]);
    statistics.left(second.slot, 21);
    statistics.settle();
    expect(statistics.of('session').distribution.counts.every((n) => n === 0)).toBe(true);
    expect(statistics.of('away').distribution.counts.every((n) => n === 0)).toBe(true);
  });
});

describe('actors', () => {
  test('are taken at their word, from the first look on', () => {
    const statistics = new MailboxStatistics(1_000);
    const box = mailbox('$bank');
    statistics.openActor(box, 'service', { depth: 30, received: 1_000_030, handled: 1_000_000, oldestAgeMs: 500 });
    expect(statistics.reading(box.slot)).toMatchObject({ depth: 30, in: [0, 0, 0], oldestSeconds: 0.5 });
    statistics.turn(2_000);
    statistics.observed(box.slot, { depth: 50, received: 1_000_060, handled: 1_000_010, oldestAgeMs: 900 });
    const { depth, oldestSeconds, in: came, out: went } = statistics.reading(box.slot);
    expect([depth, oldestSeconds]).toEqual([50, 0.9]);
    expect([came[0], went[0]]).toEqual([expect.closeTo(30, 6), expect.closeTo(10, 6)]);
    expect(statistics.of('service').depth).toBe(50);
    statistics.close(box);
    expect([statistics.of('service').depth, statistics.slots]).toEqual([0, 0]);
  });
});
