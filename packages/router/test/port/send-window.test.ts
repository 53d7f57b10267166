import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

const SEND_WINDOW = 3;
const node = (): TestNode => new TestNode({ limits: { sendWindow: SEND_WINDOW } });

describe('the send window', () => {
  test('is full with as many first sends as it has places', async () => {
    const router = node();
    const ann = await router.login('ann');
    for (const cid of [1, 2, 3, 4]) ann.send1(cid, 'bob');
    await router.pass(5);
    expect(ann.of('rejected')).toMatchObject([{ cid: 4, code: 'rate_limited' }]);
  });

  test('has the place again that a receipt of kind 3 has freed, though the ACCEPTED of that number is still held back', async () => {
    const before = node();
    await before.login('carol');
    const lost = await before.login('ann');
    lost.send1(1, 'carol'); // who could soon ack it: it waits for that before it is written
    lost.send1(2, 'bob', 'short', { ttl: 1 });
    await before.settle();
    const router = before.crash({ limits: { sendWindow: SEND_WINDOW } });
    await router.login('carol');
    await router.pass(1_500);
    await router.pass(5);
    const ann = await router.login('ann');
    ann.send1(1, 'carol', 'm1', { again: true });
    ann.send1(2, 'bob', 'short', { ttl: 1, again: true });
    ann.send1(3, 'bob', 'm3', { again: true });
    router.run();
    expect(ann.of('receipt')).toMatchObject([{ kind: 3, cid: 2, code: 'expired' }]);
    expect(ann.of('accepted')).toEqual([]); // 1 is not on disk yet
    ann.send1(4, 'bob'); // 1 and 3 are all that ann knows to be unanswered
    await router.pass(5);
    expect(ann.of('rejected')).toEqual([]);
    expect(ann.acceptedUpTo).toBe(4);
  });

  test('counts no resend: what it answers may have been answered on the connection before', async () => {
    const router = node();
    const ann = await router.login('ann');
    for (const cid of [1, 2, 3]) ann.send1(cid, 'bob', `m${cid}`, { again: true });
    for (const cid of [4, 5, 6, 7]) ann.send1(cid, 'bob');
    await router.pass(5);
    expect(ann.of('rejected')).toMatchObject([{ cid: 7, code: 'rate_limited' }]);
    for (const cid of [8, 9, 10]) ann.send1(cid, 'bob');
    await router.pass(5);
    expect([ann.of('rejected').length, ann.acceptedUpTo]).toEqual([1, 10]);
  });
});
