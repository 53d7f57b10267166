import { expect, test } from '@jest/globals';
import { waitingSenders } from '../../src/telemetry/waiting-senders.js';
import { TestNode } from '../../src/test-kit/test-node.js';

const brief = (node: TestNode, name: string): string[] =>
  waitingSenders(name, node.core).map((one) => `${one.name} ${one.messages} ${one.share}`);

test('who sent what waits is known of what is on disk, in flight, and on its way to the disk; not of what was acked', async () => {
  const node = new TestNode({ commitDelayMs: 50 });
  const ann = await node.login('ann');
  const cid = await node.login('cid');
  for (let i = 1; i <= 6; i++) ann.send1(i, 'bob');
  await node.pass(100);
  expect(brief(node, 'bob')).toEqual(['ann 6 1']);
  const bob = await node.login('bob', { client: 'c', window: 4 });
  for (let i = 1; i <= 12; i++) cid.send1(i, 'bob');
  node.run();
  bob.ack(2);
  node.run();
  expect(brief(node, 'bob')).toEqual(['cid 12 0.75', 'ann 4 0.25']);
  await node.pass(100);
  expect(brief(node, 'bob')).toEqual(['cid 12 0.75', 'ann 4 0.25']);
  expect(brief(node, 'nobody')).toEqual([]);
});

test('only the oldest 256 are looked through', async () => {
  const node = new TestNode();
  const ann = await node.login('ann');
  const cid = await node.login('cid');
  for (let i = 1; i <= 200; i++) ann.send1(i, 'bob');
  await node.settle();
  for (let i = 1; i <= 200; i++) cid.send1(i, 'bob');
  await node.pass(100);
  expect(waitingSenders('bob', node.core).map(({ name, messages }) => [name, messages])).toEqual([
    ['ann', 200],
    ['cid', 56],
  ]);
});
