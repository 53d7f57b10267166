import { expect, test } from '@jest/globals';
import { shuffledRecipients } from '../../src/load/shuffled-recipients.js';

test('every user gets the same number of messages, in an order that the seed alone decides', () => {
  const slots = shuffledRecipients(50, 4, 7);
  const counts = new Map<number, number>();
  for (const user of slots) counts.set(user, (counts.get(user) ?? 0) + 1);
  expect(counts.size).toBe(50);
  expect([...counts.values()].every((count) => count === 4)).toBe(true);
  expect(shuffledRecipients(50, 4, 7)).toEqual(slots);
  expect(shuffledRecipients(50, 4, 8)).not.toEqual(slots);
});
