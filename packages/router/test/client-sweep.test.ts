import { expect, test } from '@jest/globals';
import { TestNode } from '../src/test-kit/test-node.js';

const DAY_MS = 86_400_000;
const days = async (node: TestNode, count: number): Promise<void> => {
  for (let day = 0; day < count; day++) {
    await node.pass(DAY_MS);
    await node.settle();
  }
};
const send = async (node: TestNode, client: string) => {
  const alice = await node.login('alice', { client });
  alice.send1(1, 'bob');
  await node.settle();
  return alice;
};

test('a client that was not used for long is forgotten, and its origin is never given again', async () => {
  const node = new TestNode();
  (await send(node, 'old')).cut();
  await days(node, 30);
  expect(node.store.sender('alice', 'old')).toMatchObject({ origin: 1, lastCid: 1 });
  await days(node, 2);
  expect(node.store.sender('alice', 'old')).toBeUndefined();
  const back = await node.login('alice', { client: 'old' });
  expect(back.of('welcome')[0]).toMatchObject({ origin: 2, lastCid: 0 });
});

test('a record that a login would still take is not removed', async () => {
  const node = new TestNode();
  (await send(node, 'phone')).cut();
  await node.pass(DAY_MS);
  node.clock.advance(29 * DAY_MS);
  const back = node.connect('alice', { client: 'phone' });
  // the sweep begins while the renewed record of this login is under way
  await node.pass(1);
  expect(back.of('welcome')[0]).toMatchObject({ origin: 1, lastCid: 1 });
  await days(node, 1);
  expect(node.crash().store.sender('alice', 'phone')).toMatchObject({ origin: 1, lastCid: 1 });
});

test('a client that stays connected is not forgotten, however long ago it came', async () => {
  const node = new TestNode();
  const alice = await send(node, 'phone');
  await days(node, 100);
  alice.cut();
  await days(node, 29);
  const later = node.crash();
  const back = await later.login('alice', { client: 'phone' });
  expect(back.of('welcome')[0]).toMatchObject({ origin: 1, lastCid: 1 });
});

test('a node that is started anew each hour forgets too', async () => {
  const node = new TestNode();
  (await send(node, 'old')).cut();
  await node.pass(1_000);
  node.clock.advance(40 * DAY_MS);
  const next = node.crash();
  expect(next.store.sender('alice', 'old')).toBeDefined();
  await next.pass(60_000);
  await next.settle();
  expect(next.store.sender('alice', 'old')).toBeUndefined();
});

test('how long a client is known is configured', async () => {
  const node = new TestNode({ limits: { clientKeptMs: 1_000 } });
  (await send(node, 'old')).cut();
  for (let tick = 0; tick < 8; tick++) await node.pass(250);
  expect(node.store.sender('alice', 'old')).toBeUndefined();
});
