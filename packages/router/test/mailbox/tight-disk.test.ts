import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

/** Alice and Bob are connected, Carol is away; then the disk is nearly full. */
async function tight() {
  const room = { isTight: false };
  const node = new TestNode({ room });
  const alice = await node.login('alice');
  const bob = await node.login('bob', { window: 4 });
  alice.send1(1, 'carol');
  await node.settle();
  room.isTight = true;
  return { node, room, alice, bob };
}

describe('while the disk is nearly full', () => {
  test('a SEND to somebody who is away is rejected, and the sender told when to try again', async () => {
    const { node, alice } = await tight();
    alice.send1(2, 'carol');
    await node.settle();
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'unavailable', retryAfterMs: 10_000 }]);
    expect(node.store.count('carol').messages).toBe(1);
  });

  test('a SEND to somebody who acks in time is delivered and accepted', async () => {
    const { node, alice, bob } = await tight();
    alice.send1(2, 'bob');
    node.run();
    bob.ack(1);
    await node.settle();
    expect(alice.acceptedUpTo).toBe(2);
    expect(alice.of('rejected')).toEqual([]);
    expect(node.core.ledger.elided).toBe(1);
  });

  test('what was handed out and not acked in time is written all the same', async () => {
    const { node, alice } = await tight();
    alice.send1(2, 'bob');
    node.run();
    await node.pass(5);
    expect(node.store.count('bob').messages).toBe(1);
    expect(alice.acceptedUpTo).toBe(2);
  });

  test('a SEND to somebody whose window is full is rejected', async () => {
    const { node, alice, bob } = await tight();
    for (let cid = 2; cid <= 7; cid++) alice.send1(cid, 'bob');
    node.run();
    await node.pass(5);
    expect(bob.bodies).toHaveLength(4);
    expect(alice.of('rejected').map(({ cid }) => cid)).toEqual([6, 7]);
  });

  test('acks, their receipts and the end of a ttl are committed', async () => {
    const { node, alice } = await tight();
    const carol = await node.login('carol');
    carol.ack(1);
    await node.pass(300);
    expect(node.store.count('carol').messages).toBe(0);
    expect(alice.of('receipt')).toMatchObject([{ peer: 'carol', kind: 1, cid: 1 }]);
  });

  test('a resend that is not found is taken, for it may have been answered before', async () => {
    const { node, alice } = await tight();
    alice.send1(2, 'carol', 'm2', { again: true });
    await node.settle();
    expect(node.store.count('carol').messages).toBe(2);
    expect(alice.of('rejected')).toEqual([]);
  });

  test('of resends that are not found, and that the node before may have taken, 8 MiB of all users are taken', async () => {
    const { node: before, room } = await tight();
    const users = ['ann', 'ben', 'cat'];
    for (const user of users) await before.login(user);
    const node = before.crash({ room });
    const body = 'x'.repeat(250_000);
    let rejected = 0;
    for (const user of users) {
      const client = await node.login(user);
      for (let cid = 1; cid <= 15; cid++) client.send1(cid, 'carol', body, { again: true });
      await node.settle();
      rejected += client.of('rejected').length;
    }
    expect(rejected).toBe(45 - Math.floor(8_388_608 / 250_000));
    expect(node.store.count('carol').messages).toBe(1 + 45 - rejected);
  });

  test('a resend of what was rejected gets the same answer, also when there is room again', async () => {
    const { node, room, alice } = await tight();
    alice.send1(2, 'carol');
    await node.settle();
    room.isTight = false;
    alice.cut();
    const again = await node.login('alice');
    again.send1(2, 'carol', 'm2', { again: true });
    again.send1(3, 'carol');
    await node.settle();
    expect(again.of('rejected')).toMatchObject([{ cid: 2, code: 'unavailable' }]);
    expect(again.acceptedUpTo).toBe(3);
  });
});
