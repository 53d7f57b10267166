import { expect, test } from '@jest/globals';
import { summarize } from '../../src/statistics/class-summary.js';
import { MailboxStatistics } from '../../src/statistics/mailbox-statistics.js';
import { topMailboxes } from '../../src/statistics/top-mailboxes.js';
import { mailbox } from '../mailbox.js';

/** Twenty seconds of four mailboxes: messages in and out a second, and what waited before. */
function town(): MailboxStatistics {
  const statistics = new MailboxStatistics(1_000);
  const boxes = [
    { box: mailbox('deep'), class: 'session', depth: 10_000, came: 0, left: 100 },
    { box: mailbox('growing'), class: 'service', depth: 50, came: 200, left: 100 },
    { box: mailbox('old'), class: 'away', depth: 300, came: 10, left: 0 },
    { box: mailbox('busy'), class: 'session', depth: 100, came: 500, left: 500 },
  ] as const;
  statistics.found(10_450);
  for (const { box, class: name, depth } of boxes) {
    statistics.open(box, name, depth, name === 'away' ? 1_000 - 3_600_000 : 1_000);
  }
  for (let now = 1_100; now <= 21_000; now += 100) {
    statistics.turn(now);
    for (const { box, came, left } of boxes) {
      if (came > 0) statistics.arrived(box.slot, 'ann', came / 10);
      if (left > 0) statistics.left(box.slot, left / 10);
    }
    statistics.settle();
  }
  return statistics;
}

test.each([
  ['depth', ['deep', 'growing', 'old', 'busy']],
  ['growth', ['growing', 'old']],
  ['age', ['old', 'deep', 'growing', 'busy']],
  ['rate', ['busy', 'growing', 'deep', 'old']],
  ['drain', ['growing', 'busy', 'deep', 'old']],
] as const)('mailboxes are sorted by %s, the most first', (order, names) => {
  const sorted = topMailboxes(town(), order, 10).map(({ name }) => name);
  if (order === 'drain')
    expect([new Set(sorted.slice(0, 2)), sorted.slice(2)]).toEqual([new Set(names.slice(0, 2)), names.slice(2)]);
  else if (order === 'growth') expect(sorted.slice(0, 2)).toEqual(names);
  else expect(sorted.filter((name) => (names as readonly string[]).includes(name))).toEqual(names);
  expect(topMailboxes(town(), order, 1).length).toBe(1);
});

test('only of the classes that are asked for', () => {
  expect(topMailboxes(town(), 'depth', 10, ['session']).map(({ name }) => name)).toEqual(['deep', 'busy']);
});

test('the sums of all are those of the classes', () => {
  const sums = summarize(town());
  const all = sums.pop()!;
  expect(sums.map(({ class: name, depth }) => [name, depth])).toEqual([
    ['session', 8_100],
    ['away', 500],
    ['service', 2_050],
    ['group', 0],
    ['system', 0],
  ]);
  expect(all).toMatchObject({ class: 'all', depth: 10_650, received: 14_200, handled: 14_000, dropped: 0 });
  expect(all.in[1]).toBeCloseTo(sums.reduce((sum, one) => sum + one.in[1], 0));
  expect(all.oldestSeconds).toBeCloseTo(3_620);
});
