import { describe, expect, test } from '@jest/globals';
import { mailboxView } from '../../src/inspect/mailbox-view.js';
import { Names } from '../../src/privacy/names.js';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';
import { measure } from '../mailbox/measured.js';

const names = new Names(Buffer.alloc(32), true);

function sendMany(from: TestClient, to: string, first: number, last: number): void {
  for (let cid = first; cid <= last; cid++) from.send1(cid, to, 'x'.repeat(10));
}

describe('what waits in a mailbox', () => {
  test('of somebody away is on disk, once it is there', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    sendMany(alice, 'bob', 1, 3);
    node.run();
    expect(mailboxView('bob', node.core, names)).toMatchObject({ messages: 3, inFlight: 0, inMemory: 3, stored: 0 });
    await node.settle();
    await node.pass(1_500);
    expect(mailboxView('bob', node.core, names)).toEqual({
      messages: 3,
      bytes: 30,
      inFlight: 0,
      inMemory: 0,
      stored: 3,
      receipts: 0,
      oldestAgeMs: 1_500,
      pace: null,
      senders: [{ name: 'alice', share: 1 }],
    });
    expect(node.core.mailbox('bob')).toBeUndefined();
  });

  test('of somebody slow is in flight, read ahead, or on disk: the sum is what waits', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    for (let first = 1; first < 600; first += 100) {
      sendMany(alice, 'bob', first, first + 99);
      await node.settle();
    }
    const bob = await node.login('bob', { client: 'c', window: 10 });
    await node.pass(100);
    const view = mailboxView('bob', node.core, names);
    expect(view).toMatchObject({ messages: 600, inFlight: 10, inMemory: 246, stored: 344, oldestAgeMs: 100 });
    bob.ack(10);
    await node.settle();
    expect(mailboxView('bob', node.core, names)).toMatchObject({ messages: 590, inFlight: 10 });
  });

  test('passes over what is acked and not erased yet when it looks for the oldest', async () => {
    const node = new TestNode({ commitDelayMs: 50 });
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    await node.settle();
    await node.pass(1_000);
    alice.send1(2, 'bob');
    await node.settle();
    const bob = await node.login('bob');
    bob.ack(1);
    node.run();
    expect(mailboxView('bob', node.core, names)).toMatchObject({ messages: 1, inFlight: 1, oldestAgeMs: 0 });
    bob.cut();
    node.run();
    expect(mailboxView('bob', node.core, names)).toMatchObject({ messages: 1, inFlight: 0, oldestAgeMs: 0 });
  });

  test('counts receipts, also those of somebody who is away', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    alice.send1(1, 'bob');
    await node.settle();
    alice.cut();
    const bob = await node.login('bob');
    bob.ack(1);
    await node.pass(100);
    expect(mailboxView('alice', node.core, names)).toMatchObject({ messages: 0, receipts: 1, oldestAgeMs: null });
  });

  test('has its pace, once it is measured, and who fills it, by pseudonym where names are not to be shown', async () => {
    const node = new TestNode();
    measure(node);
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    for (let second = 0; second < 30; second++) {
      sendMany(alice, 'bob', 1 + second * 20, 20 + second * 20);
      await node.pass(1_000);
      bob.ack(10 + second * 10);
      await node.settle();
    }
    const { pace, senders } = mailboxView('bob', node.core, new Names(Buffer.alloc(32), false));
    expect(pace!.in[1]).toBeCloseTo(20, 0);
    expect(pace!.out[1]).toBeCloseTo(10, 0);
    expect(pace).toMatchObject({ stalledSeconds: 0, drainSeconds: 'never' });
    expect(senders).toEqual([{ name: names.pseudonym('alice'), share: 1 }]);
    expect(mailboxView('nobody', node.core, names)).toMatchObject({ messages: 0, pace: null, senders: [] });
  });
});
