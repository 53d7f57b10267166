import { expect, test } from '@jest/globals';
import { PurgeRanges } from '../../src/mailbox/purge-ranges.js';
import { Answer, Message } from '../../src/mailbox/request.js';

function message(cid: number, from = 'alice', origin = 1): Message {
  const m = new Message(cid, false, 'bob', 1, -1, new Uint8Array(0), 0, 0);
  m.from = from;
  m.origin = origin;
  return m;
}

test('each sender and origin is told in one range, from its lowest cid to its highest', () => {
  const ranges = new PurgeRanges();
  const taken = [message(5), message(9), message(2), message(3, 'carol'), message(1, 'alice', 2)];
  for (const m of taken) ranges.add(m);
  expect([...ranges].map((r) => [r.from, r.origin, r.cid, r.upTo])).toEqual([
    ['alice', 1, 2, 9],
    ['carol', 1, 3, 3],
    ['alice', 2, 1, 1],
  ]);
});

test('a range carries the messages that are not answered yet, and no others', () => {
  const ranges = new PurgeRanges();
  const answered = message(1);
  answered.answer = Answer.ACCEPTED;
  const open = [message(2), message(3)];
  for (const m of [answered, ...open]) ranges.add(m);
  const carried: number[] = [];
  for (let r = [...ranges][0]!.requests; r !== null; r = r.next) carried.push(r.cid);
  expect(carried.sort((a, b) => a - b)).toEqual([2, 3]);
});

test('of nothing there are no ranges', () => {
  expect([...new PurgeRanges()]).toEqual([]);
});
