import { describe, expect, test } from '@jest/globals';
import { authenticateOpen } from '../src/login.js';
import { settled, TestNode } from '../src/test-kit/test-node.js';

const DAY_MS = 86_400_000;
const welcomeOf = async (node: TestNode, client: string) => (await node.login('alice', { client })).of('welcome')[0]!;

describe('in open mode', () => {
  test.each(['alice', 'Zoë', 'x'.repeat(128), ' '])('the token %j is the name of its user', (token) => {
    expect(authenticateOpen(token)).toBe(token);
  });

  test.each(['', '#group', '$service', 'a\u0000', 'x'.repeat(129)])('the token %j is nobody', (token) => {
    expect(authenticateOpen(token)).toBeUndefined();
  });
});

describe('WELCOME', () => {
  test('counts what waits, messages and receipts, and comes before all of it', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    await node.pass(5);
    alice.cut();
    bob.ack(1);
    bob.send1(1, 'alice');
    bob.send1(2, 'alice');
    await node.pass(10);
    const back = await node.login('alice');
    expect(back.of('welcome')[0]).toMatchObject({ user: 'alice', pending: 3 });
    expect(back.frames.map((f) => f.op)).toEqual(['welcome', 'receipt', 'deliver', 'deliver']);
  });

  test('of a known client gives its origin and lastCid without a commit', async () => {
    const node = new TestNode();
    const first = await node.login('alice');
    first.send1(1, 'bob');
    await node.settle();
    first.cut();
    await node.pass(10);
    const { commits } = node.core.commits;
    const again = node.connect('alice', { client: 'c' });
    node.run();
    expect(again.of('welcome')).toMatchObject([{ origin: 1, lastCid: 1 }]);
    expect(node.core.commits.commits).toBe(commits);
  });

  test('gives a client that was away for 30 days its origin, and one that was away longer a new one', async () => {
    const node = new TestNode();
    expect((await welcomeOf(node, 'a')).origin).toBe(1);
    const kept = node.crash();
    kept.clock.advance(30 * DAY_MS);
    expect((await welcomeOf(kept, 'a')).origin).toBe(1);
    const again = kept.crash();
    again.clock.advance(30 * DAY_MS);
    expect((await welcomeOf(again, 'a')).origin).toBe(1);
    const late = again.crash();
    late.clock.advance(30 * DAY_MS + 1);
    expect(await welcomeOf(late, 'a')).toMatchObject({ origin: 2, lastCid: 0 });
  });
});

describe('a HELLO while another of the same user is under way', () => {
  test('wins, and the earlier one is closed with 4003 without a WELCOME', async () => {
    const node = new TestNode();
    const clients = ['a', 'b', 'c'].map((client) => node.connect('alice', { client }));
    await node.settle();
    expect(clients.map((c) => [c.of('welcome').length, c.closedWith?.code])).toEqual([
      [0, 4003],
      [0, 4003],
      [1, undefined],
    ]);
  });

  test('of the same client is welcomed once its origin is on disk', async () => {
    const node = new TestNode();
    const first = node.connect('alice', { client: 'a' });
    node.run();
    const second = node.connect('alice', { client: 'a' });
    node.run();
    expect(second.of('welcome')).toEqual([]);
    await node.settle();
    expect([first.of('welcome').length, second.of('welcome')[0]]).toMatchObject([0, { origin: 1 }]);
  });
});

test('a connection that breaks before its WELCOME leaves nothing in memory', async () => {
  const node = new TestNode();
  const alice = node.connect('alice', { client: 'a' });
  node.run();
  alice.cut();
  await node.settle();
  expect([node.core.mailboxesInMemory, alice.port.phase]).toEqual([0, 'closed']);
  expect((await welcomeOf(node, 'a')).origin).toBe(1);
});

test('frames that a client sends with its HELLO are handled after its WELCOME', async () => {
  const node = new TestNode();
  const bob = await node.login('bob');
  const alice = node.connect();
  alice.write((w) => {
    w.hello('alice', { client: 'a' });
    w.send(1, 'bob', Buffer.from('early'), {});
  });
  node.run();
  expect(bob.bodies).toEqual([]);
  await node.settle();
  expect(bob.bodies).toEqual(['early']);
});

test('nothing that was said of a client before it came back undoes what it has sent since', async () => {
  const node = new TestNode({ commitDelayMs: 0 }); // nothing waits for an ack before it is written
  const bob = await node.login('bob');
  const first = await node.login('ann');
  first.send1(1, 'bob');
  node.run(); // its commit is under way
  bob.ack(1);
  node.run(); // the receipt waits for the next one
  first.cut();
  node.run();
  node.store.flushNext();
  await settled(); // all that is known of ann's client is on disk: it leaves memory before the receipt is written
  const second = node.connect('ann', { client: 'c' });
  second.send1(2, 'carl');
  await node.settle();
  expect(second.acceptedUpTo).toBe(2);
  second.cut();
  await node.settle();

  const third = await node.login('ann');
  expect(third.of('welcome')[0]!.lastCid).toBe(2);
  third.write((w) => w.send(2, 'carl', Buffer.from('m2'), { again: true }));
  await node.settle();
  expect((await node.login('carl')).bodies).toEqual(['m2']);
});
