import { expect, test } from '@jest/globals';
import { HeavyHitters } from '../../src/statistics/heavy-hitters.js';
import { MailboxStatistics } from '../../src/statistics/mailbox-statistics.js';
import { mailbox } from '../mailbox.js';
import { Random } from '../random.js';

const random = new Random();

test(`whoever sends more than 1/16 is found, and no count is off by more than is said (seed ${random.seed})`, () => {
  for (let round = 0; round < 50; round++) {
    const hitters = new HeavyHitters(16);
    const truth = new Map<string, number>();
    const heavy = random.below(8);
    for (let i = 0; i < 5_000; i++) {
      const name = random.chance(0.7) && heavy > 0 ? `heavy${random.below(heavy)}` : `light${random.below(1_000)}`;
      hitters.add(name);
      truth.set(name, (truth.get(name) ?? 0) + 1);
    }
    const found = new Map(hitters.top(16).map((filler) => [filler.name, filler]));
    for (const [name, count] of truth) if (count > 5_000 / 16) expect(found.has(name)).toBe(true);
    for (const [name, { messages, error, share }] of found) {
      const count = truth.get(name)!;
      expect(messages).toBeGreaterThanOrEqual(count);
      expect(messages - error).toBeLessThanOrEqual(count);
      expect(error).toBeLessThanOrEqual(5_000 / 16);
      expect(share).toBeCloseTo(messages / 5_000);
    }
  }
});

test('senders are counted from the moment on when a mailbox is deep, until it is half as deep', () => {
  const statistics = new MailboxStatistics(1_000, { fillersFrom: 100 });
  const bob = mailbox('bob');
  statistics.open(bob, 'session');
  statistics.arrived(bob.slot, 'before', 100);
  statistics.settle();
  for (let i = 0; i < 30; i++) statistics.arrived(bob.slot, i % 3 === 0 ? 'ann' : 'cid');
  expect(statistics.fillersOf(bob.slot, 5)).toEqual([
    { name: 'cid', messages: 20, error: 0, share: 20 / 30 },
    { name: 'ann', messages: 10, error: 0, share: 10 / 30 },
  ]);
  statistics.left(bob.slot, 81);
  statistics.settle();
  expect(statistics.fillersOf(bob.slot, 5)).toEqual([]);
});

test('no more mailboxes are counted at a time than the limit says', () => {
  const statistics = new MailboxStatistics(1_000, { fillersFrom: 10, fillers: 1 });
  const [one, two] = [mailbox('one'), mailbox('two')];
  for (const box of [one, two]) {
    statistics.open(box, 'session');
    statistics.arrived(box.slot, 'ann', 20);
    statistics.settle();
    statistics.arrived(box.slot, 'ann');
  }
  expect([one, two].map(({ slot }) => statistics.fillersOf(slot, 1).length)).toEqual([1, 0]);
});
