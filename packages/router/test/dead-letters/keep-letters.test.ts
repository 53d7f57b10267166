import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DeadLetterBox } from '../../src/dead-letters/dead-letter-box.js';
import { keepLetters } from '../../src/dead-letters/keep-letters.js';
import { LetterCounts, MOST_SERVICES } from '../../src/dead-letters/letter-counts.js';
import type { Logger } from '../../src/log/log.js';
import { Message } from '../../src/mailbox/request.js';
import { Names } from '../../src/privacy/names.js';

let dir: string;
let room: { isTight: boolean };
let said: string[];
let counts: LetterCounts;
let giveUp: (to: string, text: string) => Promise<void>;
let cid = 0;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mailbeam-letters-'));
  mkdirSync(join(dir, 'box'));
  const box = DeadLetterBox.open(join(dir, 'box'), { entries: 2, bytes: 100 });
  counts = new LetterCounts(box, () => ['$bank', '$echo']);
  room = { isTight: false };
  said = [];
  const log = { error: (_what: unknown, text: string) => said.push(text) } as unknown as Logger;
  const names = new Names(Buffer.from('0123456789abcdef'), true, () => undefined);
  const keep = keepLetters({ box, counts, room, wall: () => ++cid, names: () => names, log });
  giveUp = (to, text) => {
    const body = Buffer.from(text);
    const message = new Message(++cid, false, to, 3, -1, body, 0, body.length);
    message.from = 'alice';
    return new Promise((kept) => keep(to, message, kept));
  };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lost = (): object => Object.fromEntries(counts.figures().lost);

test('what is given up counts for its service, and a service that runs is there with 0', async () => {
  await giveUp('$bank', 'bad');
  await giveUp('$bank', 'bad');
  expect([...counts.figures().givenUp]).toEqual([
    ['$bank', 2],
    ['$echo', 0],
  ]);
  expect(counts.figures()).toMatchObject({ kept: 2, bytes: 6 });
  expect(lost()).toEqual({ pushed_out: 0, too_large: 0, disk_full: 0, failed: 0 });
});

test('what is in no box counts by why', async () => {
  for (let i = 0; i < 5; i++) await giveUp('$bank', 'bad');
  await giveUp('$bank', 'x'.repeat(101));
  room.isTight = true;
  await giveUp('$bank', 'bad');
  room.isTight = false;
  rmSync(join(dir, 'box'), { recursive: true });
  await giveUp('$bank', 'bad');
  expect(lost()).toEqual({ pushed_out: 3, too_large: 1, disk_full: 1, failed: 1 });
  expect(said.slice(-3)).toEqual([
    'a message was given up, and not kept: the box takes none so large',
    'a message was given up, and not kept: the disk is nearly full',
    'a message was given up, and could not be kept',
  ]);
});

test('services that come and go for months do not make series without end', async () => {
  room.isTight = true;
  for (let i = 0; i < 3 * MOST_SERVICES; i++) await giveUp(`$s${i}`, 'bad');
  const { givenUp } = counts.figures();
  expect(givenUp.size).toBe(MOST_SERVICES + 1);
  expect(givenUp.get('others')).toBe(2 * MOST_SERVICES);
});
