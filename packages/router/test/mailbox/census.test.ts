import { expect, test } from '@jest/globals';
import { StoreError } from '@mailbeam/store';
import { MemoryStore } from '@mailbeam/store/memory';
import { TestNode } from '../../src/test-kit/test-node.js';
import { measure } from './measured.js';

const MINUTE = 60_000;

/** Leaves so many messages to each, a minute apart, and starts the node anew another ten minutes later. */
async function restarted(waiting: Readonly<Record<string, number>>): Promise<TestNode> {
  const node = new TestNode();
  const ann = await node.login('ann');
  let cid = 0;
  for (const [user, messages] of Object.entries(waiting)) {
    for (let n = 0; n < messages; n++) ann.send1(++cid, user, 'x');
    await node.settle();
    node.clock.advance(MINUTE);
  }
  node.clock.advance(10 * MINUTE);
  return node.crash();
}

function count(node: TestNode): void {
  while (!node.core.census!.isOver) node.core.census!.slice(0);
}

test('deep mailboxes of people who are away are ranked after a start, with the age of what waits, and without a message', async () => {
  const node = await restarted({ bob: 150, cid: 99, dan: 100, eve: 120 });
  const { statistics } = measure(node, { keepFrom: 100 });
  expect(statistics.slots).toBe(0);
  expect(node.core.census!.isOver).toBe(false);
  count(node);
  statistics.settle();
  const ranked = statistics.of('away').deepest.top(10);
  expect(ranked.map((slot) => statistics.reading(slot))).toMatchObject([
    { name: 'bob', class: 'away', depth: 150, oldestSeconds: 14 * 60 },
    { name: 'eve', class: 'away', depth: 120, oldestSeconds: 11 * 60 },
    { name: 'dan', class: 'away', depth: 100, oldestSeconds: 12 * 60 },
  ]);
  expect(statistics.of('away').depth).toBe(469);
  expect(node.core.mailboxesInMemory).toBe(0);
});

test('a message that comes before the mailbox is counted does not make what waits younger', async () => {
  const node = await restarted({ bob: 150 });
  const { statistics } = measure(node, { keepFrom: 100 });
  const ann = await node.login('ann');
  ann.send1(1_000, 'bob', 'x');
  await node.settle();
  count(node);
  statistics.settle();
  expect(
    statistics
      .of('away')
      .deepest.top(10)
      .map((slot) => statistics.reading(slot)),
  ).toMatchObject([{ name: 'bob', depth: 151, oldestSeconds: 11 * 60 }]);
});

test('whoever has come back before is counted as connected, once', async () => {
  const node = await restarted({ bob: 150, cid: 130 });
  const { statistics } = measure(node, { keepFrom: 100 });
  await node.login('bob');
  count(node);
  statistics.settle();
  expect(statistics.slots).toBe(2);
  expect(statistics.of('session').depth).toBe(150);
  expect(statistics.of('away').depth).toBe(130);
});

test('a page that cannot be read ends it, and it is told', async () => {
  class Damaged extends MemoryStore {
    override deepMailboxes(): never {
      throw new StoreError('store_corrupt', 'row 1 of run 2');
    }
  }
  const node = new TestNode({ store: new Damaged() });
  measure(node);
  const trouble = await new Promise((resolve) => node.core.census!.begin(resolve));
  expect(trouble).toMatchObject({ code: 'store_corrupt' });
  expect(node.core.census!.isOver).toBe(false);
});
