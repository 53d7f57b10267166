import { beforeEach, expect, test } from '@jest/globals';
import { PairLookUps } from '../src/pair-look-ups.js';

const held = [3, 5, 8];
let lookUps: PairLookUps;
let walks: number;
beforeEach(() => {
  lookUps = new PairLookUps();
  walks = 0;
});

function holds(cid: number, { user = 'bob', sender = 'ann', origin = 1, at = 0, cids = held } = {}): boolean {
  return lookUps.holds(user, sender, origin, cid, at, (found) => {
    walks++;
    for (const one of cids) found(one);
  });
}

test('many messages of a sender are looked for in one walk a mailbox, in whatever order of the mailboxes', () => {
  for (let cid = 1; cid <= 10; cid++)
    for (const user of ['bob', 'carl', 'dora']) expect(holds(cid, { user })).toBe(held.includes(cid));
  expect(walks).toBe(3);
});

test('one that is below those that were looked for is looked for anew', () => {
  expect([holds(5), holds(3), holds(8)]).toEqual([true, true, true]);
  expect(walks).toBe(2);
});

test('senders and origins are told apart', () => {
  expect(holds(3)).toBe(true);
  expect(holds(3, { origin: 2, cids: [4] })).toBe(false);
  expect(holds(3, { sender: 'ann 1', cids: [] })).toBe(false);
  expect(holds(3, { sender: 'ann', user: '1 bob', cids: [] })).toBe(false);
  expect(walks).toBe(4);
});

test('nothing is remembered once something has changed', () => {
  expect(holds(4)).toBe(false);
  expect(holds(4, { at: 1, cids: [4] })).toBe(true);
});

test('it keeps so many pairs, and so many cids', () => {
  for (let i = 0; i <= 256; i++) holds(1, { user: `user ${i}` });
  expect(walks).toBe(257);
  holds(1, { user: 'user 0' });
  expect(walks).toBe(258);
  holds(1, { user: 'deep', cids: Array.from({ length: 100_000 }, (_, i) => i + 1) });
  holds(1, { user: 'user 0' });
  expect(walks).toBe(260);
});
