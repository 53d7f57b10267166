import { expect, test } from '@jest/globals';
import { FrameWriter } from '@mailbeam/protocol';
import { ServerFrameReader } from '../../src/load/server-frame-reader.js';
import type { LoadFrameVisitor } from '../../src/load/server-frame-reader.js';

function read(bytes: Uint8Array): unknown[] {
  const seen: unknown[] = [];
  const visitor: LoadFrameVisitor = {
    welcome: (lastCid) => seen.push(['welcome', lastCid]),
    accepted: (cid) => seen.push(['accepted', cid]),
    rejected: (cid, code, detail) => seen.push(['rejected', cid, code, detail]),
    deliver: (seq, start, end) => seen.push(['deliver', seq, Buffer.from(bytes.subarray(start, end)).toString()]),
    receipt: (seq) => seen.push(['receipt', seq]),
    ended: (what) => seen.push(['ended', what]),
  };
  new ServerFrameReader().read(bytes, visitor);
  return seen;
}

test('the frames of a router are read, whatever stands behind the fields that matter', () => {
  const writer = new FrameWriter();
  const body = Buffer.from('hello');
  writer.accepted(300, 1_760_000_000_000);
  writer.deliver(70_000, 'ännchen', 3, 9, 1_760_000_000_000, body, 0, body.length, '#group');
  writer.receipt(70_001, 'bob', 3, 1, 5, 1_760_000_000_000, 'expired', 9);
  writer.presence('bob', true, 1_760_000_000_000);
  writer.rejected(301, 'mailbox_full', 'of bob', 1000);
  writer.error('bad_frame', 'no');
  writer.goodbye('going', 500);
  expect(read(writer.take())).toEqual([
    ['accepted', 300],
    ['deliver', 70_000, 'hello'],
    ['receipt', 70_001],
    ['rejected', 301, 'mailbox_full', 'of bob'],
    ['ended', 'ERROR bad_frame: no'],
    ['ended', 'GOODBYE going'],
  ]);
});

test('times as float64 and maps of 16-bit size, as the bare server writes them, are passed over', () => {
  // [2, 'u1', 's', 0, 7, 0, {a: 1.5}, 1.5] with map16 and float64, then [4, 1, 1.5]
  const hex = '9802a27531a173000700de0001a161cb3ff8000000000000cb3ff8000000000000' + '930401cb3ff8000000000000';
  expect(read(Buffer.from(hex, 'hex'))).toEqual([
    ['welcome', 7],
    ['accepted', 1],
  ]);
});

test('what is not a frame throws', () => {
  expect(() => read(Buffer.from([0xc1]))).toThrow('a frame that begins with 0xc1');
});
