import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PendingReceipt } from '@mailbeam/store';
import { ReceiptBox } from '../../src/mailbox/receipt-box.js';
import type { NewReceipt } from '../../src/mailbox/receipt-box.js';
import type { Receipt } from '../../src/mailbox/receipt.js';
import { Message, Where } from '../../src/mailbox/request.js';

let box: ReceiptBox;
let key: number;

beforeEach(() => {
  box = new ReceiptBox();
  key = 0;
});

const request = (cid: number): Message => new Message(cid, false, 'bob', 1, -1, new Uint8Array(0), 0, 0);

function put(cid: number, fields: Partial<NewReceipt> = {}): Receipt | undefined {
  const receipt = {
    peer: 'bob',
    kind: 1,
    origin: 1,
    cid,
    ts: cid,
    code: '',
    upTo: 0,
    requests: null,
    needsDisk: false,
  } as const;
  return box.put({ ...receipt, ...fields }, () => ++key);
}

const failed = (cid: number, upTo = 0) => put(cid, { kind: 3, code: 'expired', upTo });
const stored = (cid: number, fields: Partial<PendingReceipt> = {}): PendingReceipt => ({
  key: 100 + cid,
  peer: 'bob',
  kind: 1,
  origin: 1,
  cid,
  ts: cid,
  code: '',
  upTo: 0,
  ...fields,
});

/** Hands out everything that waits. */
function handOutAll(): Receipt[] {
  const out: Receipt[] = [];
  while (box.peek() !== undefined) out.push(box.handOut());
  return out;
}

const cids = (receipts: readonly Receipt[]): number[] => receipts.map((r) => r.cid);

describe('receipts that wait', () => {
  test('of one peer, kind and origin are one, with the highest cid', () => {
    put(1);
    put(5);
    put(3);
    expect([box.waiting, cids(handOutAll())]).toEqual([1, [5]]);
  });

  test('of other peers, kinds and origins stay by themselves, in the order of arrival', () => {
    put(1);
    put(1, { peer: 'carol' });
    put(1, { kind: 2 });
    put(1, { origin: 2 });
    put(2);
    expect(box.waiting).toBe(4);
    expect(handOutAll().map((r) => `${r.peer} ${r.kind} ${r.origin} ${r.cid}`)).toEqual([
      'bob 1 1 2',
      'carol 1 1 1',
      'bob 2 1 1',
      'bob 1 2 1',
    ]);
  });

  test('of failures are never merged, and a range keeps its end', () => {
    failed(1);
    failed(2);
    failed(4, 9);
    expect(handOutAll().map((r) => [r.cid, r.upTo])).toEqual([
      [1, 0],
      [2, 0],
      [4, 9],
    ]);
  });

  test('carry the requests of all that were merged', () => {
    const requests = [request(1), request(2)];
    put(1, { requests: requests[0]! });
    const receipt = put(2, { requests: requests[1]! })!;
    receipt.kept();
    expect(requests.map((r) => r.settled)).toEqual([true, true]);
  });

  test('that say nothing new settle their requests at once and are not kept', () => {
    put(5)!.slot.storedCid = 5;
    box.acked(box.handOut());
    const late = request(4);
    expect(put(4, { requests: late })).toBeUndefined();
    expect([late.settled, box.waiting]).toEqual([true, 0]);
  });

  test('are a second one beside one that is being written, which nobody is told any more', () => {
    const first = put(1)!;
    first.where = Where.WRITING;
    const second = put(2)!;
    expect([first.gone, second === first, box.waiting, cids(handOutAll())]).toEqual([true, false, 1, [2]]);
  });
});

describe('a receipt that was handed out', () => {
  test('is merged into no more', () => {
    put(1);
    const first = box.handOut();
    put(2);
    expect([first.cid, cids(handOutAll()), box.waiting]).toEqual([1, [2], 2]);
  });

  test('is gone from the disk with its ack, and stays there for a newer one', () => {
    put(1)!.slot.storedCid = 1;
    const first = box.handOut();
    put(2)!.slot.storedCid = 2;
    const second = box.handOut();
    expect([box.acked(first), box.acked(second)]).toEqual([false, true]);
    expect(box.waiting).toBe(0);
  });

  test('leaves no trace once it is acked and erased', () => {
    put(1)!.slot.storedCid = 1;
    const receipt = box.handOut();
    expect(box.acked(receipt)).toBe(true);
    expect(box.idle).toBe(false);
    box.erased(receipt.slot);
    expect([box.idle, box.takenUpTo('bob', 1)]).toEqual([true, 0]);
  });
});

describe('when the connection is gone', () => {
  const back = (receipts: readonly Receipt[]): number[] => {
    const written: number[] = [];
    box.takeBack(receipts, (receipt) => written.push(receipt.cid));
    return written;
  };

  test('what was in flight waits again and is written, merged with what came after it', () => {
    put(1);
    const first = box.handOut();
    put(2);
    const second = box.handOut();
    put(3);
    expect(back([first, second])).toEqual([3]);
    expect([box.waiting, cids(handOutAll())]).toEqual([1, [3]]);
  });

  test('a failure in flight waits again by itself', () => {
    failed(1);
    failed(2);
    const inFlight = handOutAll();
    expect(back(inFlight)).toEqual([1, 2]);
    expect(cids(handOutAll())).toEqual([1, 2]);
  });

  test('what is on disk need not stay in memory, and comes back from there', () => {
    const receipt = put(1)!;
    receipt.where = Where.STORED;
    receipt.slot.storedCid = 1;
    expect(back([box.handOut()])).toEqual([]);
    expect([box.idle, box.waiting]).toEqual([true, 0]);
    box.load([stored(1)]);
    expect([box.waiting, cids(handOutAll())]).toEqual([1, [1]]);
  });
});

describe('what is loaded for a new connection', () => {
  test('comes in front of what is only in memory', () => {
    put(1, { peer: 'carol' });
    box.load([stored(7), stored(8, { kind: 3, code: 'purged', upTo: 9 })]);
    expect(handOutAll().map((r) => [r.peer, r.cid, r.code, r.upTo])).toEqual([
      ['bob', 7, '', 0],
      ['bob', 8, 'purged', 9],
      ['carol', 1, '', 0],
    ]);
  });

  test('gives way to a newer one in memory', () => {
    put(9);
    box.load([stored(7)]);
    expect(cids(handOutAll())).toEqual([9]);
  });

  test('leaves out what was acked and is being erased', () => {
    put(7)!.slot.storedCid = 7;
    box.acked(box.handOut());
    box.load([stored(7)]);
    expect([box.waiting, handOutAll()]).toEqual([0, []]);
  });
});

describe('the look-up for a resend', () => {
  test('finds a failure that waits, alone or in a range, of that peer and origin only', () => {
    failed(3);
    failed(5, 8);
    const found = [2, 3, 4, 5, 8, 9].map((cid) => box.failureOf('bob', 1, cid));
    expect(found).toEqual([false, true, false, true, true, false]);
    expect([box.failureOf('carol', 1, 3), box.failureOf('bob', 2, 6)]).toEqual([false, false]);
  });

  test('finds what a receipt of kind 1 covers; one of kind 2 may claim too much', () => {
    put(3);
    put(5, { kind: 2 });
    put(9, { origin: 2 });
    expect([box.takenUpTo('bob', 1), box.takenUpTo('bob', 2), box.takenUpTo('carol', 1)]).toEqual([3, 9, 0]);
  });
});
