import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { checkStore, openLmdbStore, salvageStore } from '../src/index.js';
import type { LmdbStore, PendingReceipt } from '../src/index.js';
import { END, message, sender } from './mailbox-store.contract.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const USERS = 40;
const PAGE = 4096;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

let old: string;
/** The data file of a store that is still open: with runs, a merge perhaps, and a log. */
let data: Buffer;
/** The data file as it was after each of the last turns, also in the midst of checkpoints and merges. */
const earlier: Buffer[] = [];
let store: LmdbStore;

const body = (key: number): string => `body of ${key} `.repeat(10);
const receipt = (cid: number): PendingReceipt => ({
  key: cid,
  peer: 'bob',
  kind: 1,
  origin: 1,
  cid,
  ts: 1,
  code: '',
  upTo: 0,
});

beforeAll(async () => {
  old = temporaryDirectory();
  store = await openLmdbStore(old, {
    checkpointRecords: 100,
    mergeRuns: 3,
    eraseDelayMs: 1,
    stepDelayMs: 0,
    stepBytes: 4_096,
  });
  let key = 0;
  for (let turn = 0; turn < 60; turn++) {
    const batch = store.begin();
    for (let i = 0; i < 20; i++) {
      key += 1;
      batch.append(`user ${key % USERS}`, message(key, { body: body(key), expiresAt: key % 9 === 0 ? 9_000 : 0 }));
    }
    if (turn > 10) batch.eraseUpTo(`user ${turn % USERS}`, key - 150);
    if (turn % 3 === 0) batch.erase(`user ${(key - 30) % USERS}`, key - 30);
    batch.putReceipt(`user ${turn}`, receipt(turn + 1));
    if (turn % 4 === 0) batch.eraseReceipt(`user ${turn}`, 'bob', 1, 1, turn + 1);
    batch.putSender(`user ${turn % 7}`, 'phone', sender(turn));
    batch.useOrigin(`user ${turn % USERS}`, turn);
    await store.commit(batch);
    const ledger = store.begin();
    ledger.setLedger({ accepted: key, delivered: key - store.pending.messages, failed: 0 });
    await store.commit(ledger);
    if (turn > 30) earlier.push(readFileSync(join(old, 'data.mdb')));
  }
  data = readFileSync(join(old, 'data.mdb'));
});

afterAll(async () => {
  await store.close();
  removeDirectory(old);
});

let parent: string;
let from: string;
let to: string;
beforeEach(() => {
  parent = temporaryDirectory();
  from = join(parent, 'from');
  to = join(parent, 'to');
  mkdirSync(from);
  copyFileSync(join(old, 'FORMAT'), join(from, 'FORMAT'));
  writeFileSync(join(from, 'data.mdb'), data);
});
afterEach(() => removeDirectory(parent));

const messagesOf = (of: LmdbStore, user: string): [key: number, body: string][] =>
  of
    .read(user, -1, END, 100_000, 1e9)
    .map(({ key, bytes, bodyStart, bodyEnd }) => [key, Buffer.from(bytes).toString('utf8', bodyStart, bodyEnd)]);

const everything = (of: LmdbStore): unknown =>
  Array.from({ length: 60 }, (_, i) => `user ${i}`).map((user) => ({
    user,
    messages: messagesOf(of, user),
    receipts: of.receipts(user),
    sender: of.sender(user, 'phone'),
  }));

function overwrite(at: number, bytes: Buffer): void {
  const handle = openSync(join(from, 'data.mdb'), 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

/** Changes the last byte of that text wherever it stands: LMDB leaves old pages as they are. */
function flipEnd(text: string): void {
  let places = 0;
  for (let at = data.indexOf(text); at !== -1; at = data.indexOf(text, at + 1), places++)
    overwrite(at + text.length - 1, Buffer.from([(data[at + text.length - 1] as number) ^ 1]));
  expect(places).toBeGreaterThan(0);
}

test('of a sound store everything is taken over, also what is in the log alone', async () => {
  const found = await salvageStore(from, to);
  expect(found).toMatchObject({ pending: store.pending, missing: 0, losses: 0, lost: [], unread: [] });
  expect((await checkStore(to)).problems).toEqual([]);
  const saved = await openLmdbStore(to);
  expect(everything(saved)).toEqual(everything(store));
  expect(saved.ledger).toEqual(expect.objectContaining({ accepted: 1_200, failed: 0 }));
  for (const [partition, opening] of saved.openings.entries())
    expect(opening).toBeGreaterThan(store.openings[partition] as number);
  expect(saved.highestOrigin('somebody new')).toBeGreaterThan(60);
  await saved.close();
});

test('a damaged row is told, with whose messages it held; all others are taken over', async () => {
  const [key, text] = messagesOf(store, 'user 11')[0] as [number, string];
  flipEnd(text);
  const { pending, missing, lost, unread } = await salvageStore(from, to);
  expect(lost.join('\n')).toMatch(
    /the checksum of (row \d+ of run \d+|log block \d+) does not fit; it was about .*user 11/,
  );
  expect(missing).toBeGreaterThan(0);
  expect(pending.messages).toBe(store.pending.messages - (missing as number));
  const report = await checkStore(to);
  expect(report.problems).toEqual([]);
  expect(report.ledger.failed).toBe(missing);
  const saved = await openLmdbStore(to);
  expect(messagesOf(saved, 'user 11').map(([one]) => one)).not.toContain(key);
  expect(unread).toContainEqual({ to: 'user 11', from: 'ann', origin: 1, cid: key });
  // all that are missing; what was erased before is not among them
  const gone = Array.from({ length: USERS }, (_, i) => `user ${i}`).flatMap((user) => {
    const left = new Set(messagesOf(saved, user).map(([one]) => one));
    return messagesOf(store, user).flatMap(([one]) => (left.has(one) ? [] : [`${user} ${one}`]));
  });
  const told = unread.map((message) => `${message.to} ${message.cid}`);
  expect(told).toEqual(expect.arrayContaining(gone));
  // a damaged block of the log has taken erasures with it
  if (!lost.some((what) => what.includes('log block'))) expect(told.toSorted()).toEqual(gone.toSorted());
  await saved.close();
});

/** The data file with every copy of its header row damaged. */
function withoutHeader(bytes: Buffer): Buffer {
  const text = '{"format":"mailbeam-store"';
  const damaged = Buffer.from(bytes);
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) damaged[at] = 0;
  return damaged;
}

test('without its header row a store gives everything that waits', async () => {
  writeFileSync(join(from, 'data.mdb'), withoutHeader(data));
  const { lost } = await salvageStore(from, to);
  expect(lost.join('\n')).toContain('the header row is lost');
  const saved = await openLmdbStore(to);
  for (let i = 0; i < USERS; i++) {
    const keys = messagesOf(saved, `user ${i}`).map(([key]) => key);
    // what was acked and lay in runs that are being removed may come again
    expect(keys).toEqual(expect.arrayContaining(messagesOf(store, `user ${i}`).map(([key]) => key)));
  }
  await saved.close();
});

test('without its header row no message comes twice, even in the midst of a checkpoint or merge', async () => {
  for (const [turn, bytes] of earlier.entries()) {
    const target = join(to, String(turn));
    writeFileSync(join(from, 'data.mdb'), withoutHeader(bytes));
    const { pending } = await salvageStore(from, target);
    const saved = await openLmdbStore(target);
    const keys = Array.from({ length: USERS }, (_, i) => messagesOf(saved, `user ${i}`).map(([key]) => key)).flat();
    expect({ turn, unique: new Set(keys).size }).toEqual({ turn, unique: pending.messages });
    await saved.close();
  }
}, 60_000);

describe(`damage by chance (SEED=${seed})`, () => {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const damages: readonly [string, () => void][] = [
    [
      'pages of zeros',
      () => Array.from({ length: 3 }, () => overwrite((2 + random(data.length / PAGE - 2)) * PAGE, Buffer.alloc(PAGE))),
    ],
    [
      'pages of another place',
      () => overwrite((2 + random(data.length / PAGE - 2)) * PAGE, data.subarray(PAGE * 9, PAGE * 10)),
    ],
    [
      'bytes that were flipped',
      () =>
        Array.from({ length: 20 }, () =>
          overwrite(2 * PAGE + random(data.length - 2 * PAGE), Buffer.from([random(256)])),
        ),
    ],
    [
      'heads of pages',
      () =>
        Array.from({ length: 5 }, () =>
          overwrite((2 + random(data.length / PAGE - 2)) * PAGE + random(60), Buffer.from([random(256)])),
        ),
    ],
    ['an end that is missing', () => truncateSync(join(from, 'data.mdb'), PAGE * (8 + random(data.length / PAGE - 8)))],
  ];

  test.each(damages)(
    'with %s only what was stored comes out, and makes a sound store',
    async (_, damage) => {
      const stored = new Map(
        Array.from({ length: USERS }, (_unused, i) => [
          `user ${i}`,
          new Set(messagesOf(store, `user ${i}`).map(([key]) => key)),
        ]),
      );
      for (let round = 0; round < 6; round++) {
        writeFileSync(join(from, 'data.mdb'), data);
        damage();
        const target = join(to, String(round));
        let found;
        try {
          found = await salvageStore(from, target);
        } catch (error) {
          expect(error).toMatchObject({ code: 'store_corrupt' });
          continue;
        }
        expect({ round, problems: (await checkStore(target)).problems }).toEqual({ round, problems: [] });
        const saved = await openLmdbStore(target);
        for (const [user, keys] of stored)
          for (const [key, text] of messagesOf(saved, user)) {
            expect(text).toBe(body(key));
            // a lost erasure may bring a message back, and then something was told to be lost
            if (!keys.has(key)) expect({ round, losses: found.losses }).not.toEqual({ round, losses: 0 });
          }
        await saved.close();
      }
    },
    60_000,
  );
});

test('nothing is written into a directory that holds something, and nothing taken from none', async () => {
  await expect(salvageStore(from, from)).rejects.toMatchObject({ code: 'directory_not_empty' });
  await expect(salvageStore(to, join(parent, 'other'))).rejects.toMatchObject({ code: 'store_missing' });
});
