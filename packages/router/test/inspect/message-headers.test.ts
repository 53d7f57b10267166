import { expect, test } from '@jest/globals';
import { messageHeaders } from '../../src/inspect/message-headers.js';
import { Names } from '../../src/privacy/names.js';
import { TestNode } from '../../src/test-kit/test-node.js';

const clear = new Names(Buffer.alloc(32), true);
const all = { matches: () => true, limit: 100 };

test('the headers of what waits are listed oldest first: on disk, and on the way there', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  alice.send1(1, 'bob', 'a body of 23 characters');
  alice.send1(2, 'bob', 'short', { ttl: 60 });
  await node.settle();
  await node.pass(1_000);
  alice.send1(3, 'bob', '');
  node.run();
  const { wall } = node.clock;
  const from = { from: 'alice', origin: 1, inFlight: false };
  expect(await messageHeaders('bob', node.core, clear, all)).toEqual({
    user: 'bob',
    messages: [
      { ...from, cid: 1, ts: wall - 1_000, expiresAt: null, bytes: 23 },
      { ...from, cid: 2, ts: wall - 1_000, expiresAt: wall - 1_000 + 60_000, bytes: 5 },
      { ...from, cid: 3, ts: wall, expiresAt: null, bytes: 0 },
    ],
    matching: 3,
    bytes: 28,
  });
});

test('what is in flight is listed and does not count among what a purge would end, which it does not', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  await node.login('bob', { client: 'c', window: 2 });
  for (let cid = 1; cid <= 5; cid++) alice.send1(cid, 'bob');
  await node.settle();
  const { messages, matching } = await messageHeaders('bob', node.core, clear, all);
  expect(messages.map(({ cid, inFlight }) => [cid, inFlight])).toEqual([
    [1, true],
    [2, true],
    [3, false],
    [4, false],
    [5, false],
  ]);
  expect(matching).toBe(3);
  const purged = node.core.purge('bob', () => true);
  await node.pass(5);
  await node.pass(5);
  expect(await purged).toBe(matching);
});

test('only so many are listed, of those that match; all of them count', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  for (let cid = 1; cid <= 9; cid++) alice.send1(cid, 'bob');
  await node.settle();
  const chosen = await messageHeaders('bob', node.core, clear, { matches: ({ cid }) => cid > 3, limit: 2 });
  expect(chosen.messages.map(({ cid }) => cid)).toEqual([4, 5]);
  expect(chosen.matching).toBe(6);
});

test('names are shown as pseudonyms where they are not to be shown, and a body never', async () => {
  const node = new TestNode();
  (await node.login('alice')).send1(1, 'bob', 'a secret');
  await node.settle();
  const hidden = new Names(Buffer.alloc(32), false);
  const text = JSON.stringify(await messageHeaders('bob', node.core, hidden, all));
  expect(text).toContain(hidden.pseudonym('alice'));
  expect(text).not.toMatch(/alice|bob|secret/);
});
