import { expect, test } from '@jest/globals';
import { TestNode } from '../src/test-kit/test-node.js';
import { measure } from './mailbox/measured.js';
import { crashing } from './rules/planted-session.js';

test('a message is in the histograms: its hand-out, its ACCEPTED, and the commit it waited for', async () => {
  const node = new TestNode();
  const { histograms } = measure(node);
  const ann = await node.login('ann');
  await node.login('bob');
  const commits = histograms.commitSize.count;
  ann.send1(1, 'bob');
  node.run();
  expect([histograms.deliver.count, histograms.accept.count]).toEqual([1, 0]);
  await node.pass(40);
  expect(ann.acceptedUpTo).toBe(1);
  expect([histograms.accept.count, histograms.accept.sum]).toEqual([1, 0.04]);
  expect([histograms.commitSize.count, histograms.commitSize.sum]).toEqual([commits + 1, 1]);
  expect(histograms.commit.count).toBe(histograms.commitSize.count);
  expect(histograms.turn.count).toBeGreaterThan(0);
});

test('what waited for somebody who was away is in no histogram of hand-outs', async () => {
  const node = new TestNode();
  const { histograms } = measure(node);
  const ann = await node.login('ann');
  ann.send1(1, 'bob');
  await node.settle();
  await node.pass(5_000);
  const bob = await node.login('bob');
  expect([bob.bodies, histograms.deliver.count]).toEqual([['m1'], 0]);
});

test('a session that is started again after a crash is in the count of restarts', async () => {
  const node = new TestNode({ session: crashing(1, 1).module });
  const telemetry = measure(node);
  const ann = await node.login('ann');
  ann.send1(1, 'bob');
  await node.settle();
  expect(telemetry.restarts.counts(node.clock.mono)).toMatchObject([{ behaviour: 'session', total: 1 }]);
});

test('the oldest message of a mailbox that was full on disk is as old as it is', async () => {
  const node = new TestNode();
  const { statistics } = measure(node);
  const ann = await node.login('ann');
  for (let cid = 1; cid <= 120; cid++) ann.send1(cid, 'bob');
  await node.settle();
  await node.pass(60_000);
  ann.send1(121, 'bob');
  await node.settle();
  await node.pass(10_000);
  node.core.measureWith(null);
  const later = measure(node);
  const bob = await node.login('bob', { client: 'c', window: 10 });
  const oldest = (): number => later.statistics.reading(node.core.mailbox('bob')!.slot).oldestSeconds;
  expect([later.statistics.of('session').depth, oldest()]).toEqual([121, 70]);
  bob.ack(10);
  await node.pass(1_000);
  expect(oldest()).toBe(71);
  expect(statistics.of('session').depth).toBe(0);
});

test('nobody is told anything any more once measuring has ended, and what waits is in it when it begins again', async () => {
  const node = new TestNode();
  const before = measure(node);
  const ann = await node.login('ann');
  await node.login('bob');
  node.core.measureWith(null);
  expect([node.core.telemetry, node.core.statistics]).toEqual([null, null]);
  for (let cid = 1; cid <= 3; cid++) ann.send1(cid, 'bob');
  for (let cid = 4; cid <= 8; cid++) ann.send1(cid, 'cid');
  await node.settle();
  before.statistics.settle();
  expect([before.statistics.of('session').depth, before.statistics.of('away').depth]).toEqual([0, 0]);
  expect(before.histograms.deliver.count).toBe(0);
  const { statistics } = measure(node);
  expect([statistics.of('session').depth, statistics.of('away').depth]).toEqual([3, 5]);
});
