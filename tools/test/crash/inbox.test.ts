import { expect, test } from '@jest/globals';
import { HighWater } from '@mailbeam/protocol';
import { Inbox } from '../../src/crash/inbox.js';

const message = (cid: number) => ({ from: 'alice', origin: 1, cid, id: cid });

test('messages are shown in order and receipts are only acked', () => {
  const inbox = new Inbox(new HighWater());
  for (const entry of [message(1), undefined, message(2)]) inbox.add(entry);
  expect([inbox.unacked, inbox.unackedMessages]).toEqual([3, 2]);
  expect(inbox.process(2)).toEqual({ shown: [message(1)], ackSeq: 2 });
  expect(inbox.process(Infinity)).toEqual({ shown: [message(2)], ackSeq: 3 });
  expect(inbox.process(Infinity)).toEqual({ shown: [], ackSeq: 0 });
});

test('a message that comes again on the next connection is acked and not shown', () => {
  const marks = new HighWater();
  const first = new Inbox(marks);
  first.add(message(1));
  first.process(Infinity);
  const second = new Inbox(marks);
  second.add(message(1));
  second.add(message(2));
  expect(second.process(Infinity)).toEqual({ shown: [message(2)], ackSeq: 2 });
});
