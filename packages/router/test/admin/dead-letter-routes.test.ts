import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deadLetterRoutes } from '../../src/admin/dead-letter-routes.js';
import type { DeadLettersView } from '../../src/admin/dead-letter-routes.js';
import { DeadLetterBox } from '../../src/dead-letters/dead-letter-box.js';
import { Message } from '../../src/mailbox/request.js';
import { Names } from '../../src/privacy/names.js';

let dir: string;
let list: (query: string) => Promise<{ status: number; body: unknown }>;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mailbeam-letter-routes-'));
  const limits = { entries: 10, bytes: 1_000 };
  const box = DeadLetterBox.open(dir, limits);
  for (let cid = 1; cid <= 3; cid++) {
    const body = Buffer.from('a secret');
    const message = new Message(cid, false, '$echo', 3, -1, body, 0, body.length);
    message.from = 'alice';
    await box.put(cid === 2 ? '$other' : '$echo', message, cid);
  }
  const [route] = deadLetterRoutes({
    ...{ box, limits, names: new Names(Buffer.alloc(32), false), wall: () => 10 },
    replay: () => Promise.resolve('replayed'),
    onDone: () => undefined,
  });
  list = async (query) => (await route!.handle({}, new URLSearchParams(query), {}, {})) as never;
});
afterEach(() => rmSync(dir, { recursive: true }));

test('letters are listed by their headers, under pseudonyms, without what they say', async () => {
  const { body } = await list('');
  expect((body as DeadLettersView).letters.map(({ cid, from, to }) => [cid, from === 'alice', to])).toEqual([
    [1, false, '$echo'],
    [2, false, '$other'],
    [3, false, '$echo'],
  ]);
  expect(JSON.stringify(body)).not.toContain('secret');
});

test.each([
  ['limit=2', [2, 3]],
  ['limit=10', [1, 2, 3]],
  ['to=$echo', [1, 3]],
  ['to=$echo&limit=1', [3]],
])('%s chooses the newest of them', async (query, cids) => {
  const { letters, kept } = (await list(query)).body as DeadLettersView;
  expect([letters.map(({ cid }) => cid), kept]).toEqual([cids, 3]);
});

test.each(['limit=0', 'limit=x', 'limit=100001', 'limit=1.5'])('%s is refused', async (query) => {
  expect(await list(query)).toMatchObject({ status: 400, body: { error: 'bad_option' } });
});
