import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DeadLetterBox } from '../../src/dead-letters/dead-letter-box.js';
import { Message } from '../../src/mailbox/request.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'mailbeam-letters-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function message(cid: number, text = `m${cid}`): Message {
  const body = Buffer.from(text);
  const made = new Message(cid, false, '$echo', 3, -1, body, 0, body.length);
  made.from = 'alice';
  made.origin = 1;
  made.ts = 1_000 + cid;
  return made;
}

const opened = (entries = 3, bytes = 1_000): DeadLetterBox => DeadLetterBox.open(dir, { entries, bytes });
const cids = (box: DeadLetterBox): number[] => box.list().map(({ cid }) => cid);

test('what was put is there after a restart, oldest first, with its body', async () => {
  const box = opened();
  await box.put('$echo', message(2), 20);
  const letter = await box.put('$echo', message(1), 10);
  expect(statSync(join(dir, `${letter!.id}.letter`)).mode & 0o777).toBe(0o600);
  const again = opened();
  expect(again.list()).toMatchObject([
    { to: '$echo', from: 'alice', origin: 1, cid: 1, ts: 1_001, failedAt: 10, bodyBytes: 2 },
    { cid: 2 },
  ]);
  expect(Buffer.from((await again.body(letter!.id))!).toString()).toBe('m1');
});

test('past its entries, and past its bytes, the oldest goes, and is counted', async () => {
  const box = opened(3, 10);
  for (let cid = 1; cid <= 4; cid++) await box.put('$echo', message(cid), cid);
  expect([cids(box), box.dropped]).toEqual([[2, 3, 4], 1]);
  await box.put('$echo', message(5, '12345678'), 5);
  expect([cids(box), box.dropped, box.bytes]).toEqual([[4, 5], 3, 10]);
  expect(readdirSync(dir)).toHaveLength(2);
});

test('a body larger than the box is not kept, and a box of none keeps none', async () => {
  expect(await opened(3, 1).put('$echo', message(1), 1)).toBeUndefined();
  expect(await opened(0).put('$echo', message(1), 1)).toBeUndefined();
  expect(readdirSync(dir)).toEqual([]);
});

test('the same message once more is one letter', async () => {
  const box = opened();
  await box.put('$echo', message(1), 1);
  await box.put('$echo', message(1), 2);
  expect(box.list()).toMatchObject([{ cid: 1, failedAt: 2 }]);
  expect(box.bytes).toBe(2);
});

test('what is removed is gone, and says how many were there', async () => {
  const box = opened();
  const letter = await box.put('$echo', message(1), 1);
  expect(await box.remove([letter!.id, 'nobody'])).toBe(1);
  expect([await box.body(letter!.id), box.bytes, opened().count]).toEqual([undefined, 0, 0]);
});

test('a file that a crash left half written is passed over', async () => {
  await opened().put('$echo', message(1), 1);
  writeFileSync(join(dir, 'abc.letter'), '{"format":1');
  writeFileSync(join(dir, 'def.letter.new'), 'x');
  expect(cids(opened())).toEqual([1]);
});
