import { beforeEach, describe, expect, test } from '@jest/globals';
import { FrameWriter } from '@mailbeam/protocol';
import { FixedHistogram } from '@mailbeam/telemetry';
import type { Mailbox } from '../../src/mailbox/mailbox.js';
import { Message, ReadRequest } from '../../src/mailbox/request.js';
import { Sender } from '../../src/mailbox/sender.js';
import { decodeServer } from '../../src/test-kit/test-node.js';

const SEND_WINDOW = 4;
const full = { code: 'mailbox_full', detail: 'full', retryAfterMs: 60_000 } as const;

let sender: Sender;

beforeEach(() => {
  const home = { name: 'alice' } as Mailbox;
  const record = { origin: 7, lastCid: 0, highCid: 0, usedAt: 5, rejections: [] };
  sender = new Sender(home, 'c', record, SEND_WINDOW);
});

function add(...cids: number[]): Message[] {
  return cids.map((cid) => {
    const message = new Message(cid, false, 'bob', 1, -1, new Uint8Array(1), 0, 1);
    sender.add(message);
    return message;
  });
}

function answers(): string[] {
  const writer = new FrameWriter();
  sender.writeAnswers(writer, 1);
  return decodeServer(writer.take()).map((f) => ('cid' in f ? `${f.op} ${f.cid}` : f.op));
}

describe('answers', () => {
  test('are cumulative: one number for all that were accepted', () => {
    const [a, b, c] = add(1, 2, 5);
    for (const m of [a!, b!, c!]) sender.accept(m);
    expect(answers()).toEqual(['accepted 5']);
    expect(sender.unanswered).toBe(0);
  });

  test('go out in cid order: one that is open holds back those behind it', () => {
    const [a, b, c] = add(1, 2, 3);
    sender.accept(c!);
    expect([sender.hasAnswer, answers(), sender.unanswered]).toEqual([false, [], 3]);
    sender.accept(a!);
    expect([sender.hasAnswer, answers(), sender.unanswered]).toEqual([true, ['accepted 1'], 2]);
    sender.accept(b!);
    expect(answers()).toEqual(['accepted 3']);
  });

  test('say each rejection by itself, with what was accepted before it', () => {
    const [a, b, c, d, e] = add(1, 2, 3, 4, 5);
    sender.accept(a!);
    sender.accept(b!);
    sender.reject(c!, full);
    sender.reject(d!, full);
    sender.accept(e!);
    expect(answers()).toEqual(['accepted 2', 'rejected 3', 'rejected 4', 'accepted 5']);
  });

  test('tell how long each message has waited for its ACCEPTED: no READ, no rejection, no resend that was taken before', () => {
    const seconds = new FixedHistogram([1, 10]);
    const [early, refused, late, later, taken] = add(1, 2, 3, 4, 5);
    const read = new ReadRequest(6, false, 'bob', 1, 1);
    sender.add(read);
    const [open] = add(7);
    early!.ts = 1_000;
    for (const m of [refused!, late!]) m.ts = 1_000;
    for (const m of [later!, open!]) m.ts = 3_000;
    for (const request of [early!, late!, later!, taken!, read]) sender.accept(request);
    sender.reject(refused!, full);
    sender.writeAnswers(new FrameWriter(), 4_000, seconds);
    expect([seconds.count, seconds.sum]).toEqual([3, 7]);
    sender.accept(open!);
    sender.writeAnswers(new FrameWriter(), 5_000, seconds);
    expect([seconds.count, seconds.sum]).toEqual([4, 9]);
  });

  test('are given once: the first one stands', () => {
    const [a] = add(1);
    sender.accept(a!);
    sender.reject(a!, full);
    expect(answers()).toEqual(['accepted 1']);
    expect(answers()).toEqual([]);
  });

  test('are owed to nobody when the connection is gone', () => {
    const [a] = add(1, 2);
    sender.forget();
    expect([sender.unanswered, sender.hasAnswer, sender.port]).toEqual([0, false, null]);
    sender.accept(a!);
    expect(answers()).toEqual([]);
  });

  test('stay right over thousands of requests that are settled in another order than answered', () => {
    const said: string[] = [];
    for (let cid = 1; cid <= 1_000; cid++) {
      const [m] = add(cid);
      sender.accept(m!);
      if (cid % 7 === 0) said.push(...answers());
      m!.settled = cid % 300 !== 0;
      sender.settle();
    }
    said.push(...answers());
    expect(said).toEqual([...Array.from({ length: 142 }, (_, n) => `accepted ${7 * (n + 1)}`), 'accepted 1000']);
    expect([sender.lastCid, sender.unsettled]).toEqual([299, 701]);
  });
});

describe('lastCid', () => {
  test('moves past what is settled, in cid order only', () => {
    const [a, b, c] = add(1, 4, 6);
    b!.settled = true;
    sender.settle();
    expect([sender.lastCid, sender.isFlushed]).toEqual([0, false]);
    a!.settled = true;
    sender.settle();
    expect(sender.lastCid).toBe(4);
    c!.settled = true;
    sender.settle();
    expect([sender.lastCid, sender.isFlushed, sender.unsettled]).toEqual([6, true, 0]);
  });

  test('never goes back over a resend of what is behind it', () => {
    const [high] = add(9);
    high!.settled = true;
    sender.settle();
    const [low] = add(3);
    low!.settled = true;
    sender.settle();
    expect(sender.lastCid).toBe(9);
  });

  test('does not count as flushed while the commit with its record is under way', () => {
    sender.inCommit = true;
    expect(sender.isFlushed).toBe(false);
  });
});

describe('rejections', () => {
  test('are found again by cid, and are in the record', () => {
    add(3);
    sender.keep(3, full);
    expect(sender.rejectionOf(3)).toMatchObject(full);
    expect(sender.rejectionOf(2)).toBeUndefined();
    expect(sender.record()).toEqual({
      origin: 7,
      lastCid: 0,
      highCid: 3,
      usedAt: 5,
      rejections: [{ cid: 3, ...full }],
    });
  });

  test('are kept over at least sendWindow SENDs, and dropped some time after', () => {
    add(1);
    sender.keep(1, full);
    for (let cid = 2; cid <= 1 + SEND_WINDOW; cid++) add(cid);
    sender.keep(5, full);
    expect(sender.rejectionOf(1)).toBeDefined();
    for (let cid = 6; cid <= 1 + 2 * SEND_WINDOW; cid++) add(cid);
    sender.keep(9, full);
    expect([sender.rejectionOf(1), sender.rejectionOf(5)]).toEqual([undefined, expect.anything()]);
  });

  test('are not pushed out by resends', () => {
    add(1);
    sender.keep(1, full);
    for (let n = 0; n < 20; n++) sender.add(new Message(1, true, 'bob', 1, -1, new Uint8Array(0), 0, 0));
    sender.keep(2, full);
    expect(sender.rejectionOf(1)).toBeDefined();
  });

  test('of a record from the disk are found', () => {
    const record = { origin: 1, lastCid: 2, highCid: 3, usedAt: 0, rejections: [{ cid: 3, ...full }] };
    expect(new Sender({ name: 'a' } as Mailbox, 'c', record, SEND_WINDOW).rejectionOf(3)).toMatchObject(full);
  });
});

test('a peer is held until the commit that it was held for is on disk', () => {
  sender.hold('bob', 3);
  sender.hold('carol', 4);
  expect([sender.release(2), sender.holds('bob')]).toEqual([[], true]);
  expect([sender.release(3), sender.holds('bob'), sender.holds('carol')]).toEqual([['bob'], false, true]);
  sender.hold('carol', 5);
  expect(sender.release(4)).toEqual([]);
  expect(sender.release(5)).toEqual(['carol']);
});
