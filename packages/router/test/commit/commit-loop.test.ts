import { describe, expect, jest, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

/** Moves the clock and runs, without a flush. */
function later(node: TestNode, ms: number): void {
  node.clock.advance(ms);
  node.core.tick();
  node.run();
}

describe('the group commit', () => {
  test('is one at a time: what arrives meanwhile is the next, all of it together', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const carol = await node.login('carol');
    const { commits } = node.core.commits;
    alice.send1(1, 'bob');
    node.run();
    for (let cid = 2; cid <= 5; cid++) {
      alice.send1(cid, 'bob');
      carol.send1(cid, `d${cid}`);
      node.run();
    }
    expect(node.store.unflushed).toBe(1);
    await node.flush();
    expect([alice.acceptedUpTo, node.store.unflushed]).toEqual([1, 1]);
    await node.flush();
    expect([alice.acceptedUpTo, carol.acceptedUpTo, node.store.unflushed]).toEqual([5, 5, 0]);
    expect(node.core.commits.commits - commits).toBe(2);
    expect(node.core.commits.messages).toBe(9);
  });

  test('writes for somebody who is away at once', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    node.run();
    expect(node.store.unflushed).toBe(1);
  });

  test('waits commitDelayMs for somebody who usually acks in less', async () => {
    const node = new TestNode({ commitDelayMs: 8 });
    const alice = await node.login('alice');
    await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    later(node, 7);
    expect(node.store.unflushed).toBe(0);
    later(node, 1);
    expect(node.store.unflushed).toBe(1);
  });

  test('gives each message its whole time, also behind one that was first and is acked', async () => {
    const node = new TestNode({ commitDelayMs: 8 });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    for (let cid = 2; cid <= 20; cid++) {
      later(node, 5);
      alice.send1(cid, 'bob');
      node.run();
      bob.ack(cid - 1);
      node.run();
      expect(node.store.unflushed).toBe(0);
    }
    later(node, 7);
    expect(node.store.unflushed).toBe(0);
    later(node, 1);
    expect(node.store.unflushed).toBe(1);
    expect(node.core.commits.messages).toBe(0);
    await node.flush();
    expect(node.core.commits.messages).toBe(1);
  });

  test('does not wait for somebody who usually takes longer, and waits again once that has changed', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    let cid = 0;
    const exchange = async (ackMs: number): Promise<number> => {
      alice.send1(++cid, 'bob');
      node.run();
      const written = node.store.unflushed;
      await node.pass(ackMs);
      bob.ack(cid);
      node.run();
      alice.ack(alice.of('receipt').at(-1)!.seq);
      await node.pass(10);
      return written;
    };
    expect(await exchange(100)).toBe(0);
    expect(await exchange(100)).toBe(1);
    let slow = 0;
    while (slow < 50 && (await exchange(0)) === 1) slow++;
    expect(slow).toBeGreaterThan(0);
    expect(slow).toBeLessThan(50);
  });

  test('waits for nothing with a delay of 0', async () => {
    const node = new TestNode({ commitDelayMs: 0 });
    const alice = await node.login('alice');
    await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    expect(node.store.unflushed).toBe(1);
  });

  test('takes what waits for an ack when it is hurried', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    node.core.commits.hurry();
    node.core.wake();
    await node.flush();
    expect(alice.acceptedUpTo).toBe(1);
  });

  test('takes what a broken connection leaves without an ack at once', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    node.run();
    bob.cut();
    await node.flush();
    expect(alice.acceptedUpTo).toBe(1);
  });

  test('writes nothing, and commits nothing, for a message that was acked in time', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const begin = jest.spyOn(node.store, 'commit');
    for (let cid = 1; cid <= 10; cid++) {
      alice.send1(cid, 'bob');
      node.run();
      bob.ack(cid);
      node.run();
      alice.ack(cid);
      node.run();
      later(node, 20);
    }
    expect(begin).not.toHaveBeenCalled();
    expect(node.core.ledger).toMatchObject({ elided: 10, pending: 0, imbalance: 0 });
    expect(node.core.commits.clean).toBe(true);
  });

  test('is not clean while erasures and receipts wait for company', async () => {
    const node = new TestNode({ commitDelayMs: 100 });
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    await node.settle();
    const bob = await node.login('bob');
    await node.pass(100);
    expect(node.core.commits.clean).toBe(true);
    bob.ack(1);
    node.run();
    expect([node.core.commits.clean, node.store.count('bob').messages]).toEqual([false, 1]);
    await node.pass(100);
    alice.ack(1);
    await node.pass(100);
    expect([node.core.commits.clean, node.store.count('bob').messages]).toEqual([true, 0]);
  });

  test('carries the ledger as it is once it is on disk', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob');
    await node.settle();
    (await node.login('bob')).ack(2);
    await node.pass(10);
    const after = node.crash();
    expect(after.store.ledger).toEqual({ accepted: 3, delivered: 2, failed: 0 });
    expect(after.core.ledger).toMatchObject({ accepted: 3, delivered: 2, pending: 1, imbalance: 0 });
    expect(after.core.ledger.storeImbalance(after.store)).toBe(0);
  });
});

describe('a commit that fails', () => {
  test('is tried again after 100 ms, then twice as long each time, 5 s at most; all is told and nothing is lost', async () => {
    const failures: number[] = [];
    const node = new TestNode();
    node.core.failed = (_, retryMs) => void failures.push(retryMs);
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    for (let n = 0; n < 9; n++) node.store.failNextCommit();
    await node.settle();
    const tries = (): number => failures.length;
    for (const retryMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const before = tries();
      await node.pass(retryMs - 1);
      expect(tries()).toBe(before);
      await node.pass(1);
      expect(tries()).toBe(before + 1);
    }
    expect(failures).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    expect(alice.of('accepted')).toEqual([]);
    alice.send1(2, 'carol');
    await node.pass(5_000);
    expect(alice.acceptedUpTo).toBe(2);
    expect([node.store.count('bob').messages, node.store.count('carol').messages]).toEqual([1, 1]);
    expect(node.core.ledger.storeImbalance(node.store)).toBe(0);
  });

  test('begins at 100 ms again after one that did not', async () => {
    const failures: number[] = [];
    const node = new TestNode();
    node.core.failed = (_, retryMs) => void failures.push(retryMs);
    const alice = await node.login('alice');
    for (let cid = 1; cid <= 2; cid++) {
      alice.send1(cid, 'bob');
      node.store.failNextCommit();
      node.store.failNextCommit();
      await node.settle();
      await node.pass(100);
      await node.pass(200);
      expect(alice.acceptedUpTo).toBe(cid);
    }
    expect(failures).toEqual([100, 200, 100, 200]);
  });

  test('keeps a login, a rejection and a receipt waiting, and none of them gets lost', async () => {
    const node = new TestNode({ limits: { mailboxMessages: 1 } });
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    alice.send1(2, 'bob');
    const dave = node.connect('dave', { client: 'new' });
    node.store.failNextCommit();
    await node.settle();
    expect([alice.of('accepted'), alice.of('rejected'), dave.of('welcome')]).toEqual([[], [], []]);
    await node.pass(100);
    expect(alice.frames.slice(1).map((f) => f.op)).toEqual(['accepted', 'rejected']);
    expect(dave.of('welcome')).toHaveLength(1);
  });
});

describe('the drain', () => {
  test('ends when everything that was sent is on disk, also what waited for an ack', async () => {
    const node = new TestNode({ commitDelayMs: 1_000 });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    alice.send1(2, 'carol');
    node.run();
    bob.ack(1);
    node.run();
    let done = false;
    for (const client of [alice, bob]) client.cut();
    const flushed = node.core.flushAll().then(() => (done = true));
    node.run();
    expect(done).toBe(false);
    await node.settle();
    await flushed;
    expect(node.core.commits.clean).toBe(true);
    expect(node.store.count('carol').messages).toBe(1);
    expect(node.store.receipts('alice')).toMatchObject([{ peer: 'bob', cid: 1 }]);
    expect(node.core.mailboxesInMemory).toBe(0);
  });

  test('of a node with nothing to write ends at once', async () => {
    const node = new TestNode();
    await expect(node.core.flushAll()).resolves.toBeUndefined();
  });
});

test('a node that is quiet keeps nobody in memory who is away', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  for (let cid = 1; cid <= 50; cid++) alice.send1(cid, `u${cid}`);
  await node.settle();
  expect(node.core.mailboxesInMemory).toBe(1);
  alice.cut();
  await node.pass(10);
  expect(node.core.mailboxesInMemory).toBe(0);
});
