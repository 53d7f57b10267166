import { expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestClient } from '../../src/test-kit/test-node.js';

const LIMITS = { mailboxMessages: 1, maxBodyBytes: 100 };

// The router's rule, `MailbeamRejecting` and `mailbeam status` look at these.
test.each<[code: string, send: (alice: TestClient, room: { isTight: boolean }) => void]>([
  ['mailbox_full', (alice) => alice.send1(1, 'bob')],
  [
    'unavailable',
    (alice, room) => {
      room.isTight = true;
      alice.send1(1, 'carol');
    },
  ],
  ['unknown_recipient', (alice) => alice.send1(1, '$nobody')],
  ['invalid', (alice) => alice.send1(1, '')],
  ['too_large', (alice) => alice.send1(1, 'carol', 'x'.repeat(101))],
])('a SEND that is rejected as %s is counted', async (code, send) => {
  const room = { isTight: false };
  const node = new TestNode({ room, limits: LIMITS });
  const dave = await node.login('dave');
  dave.send1(1, 'bob');
  await node.settle();
  const alice = await node.login('alice');
  send(alice, room);
  await node.settle();
  expect(alice.of('rejected')).toMatchObject([{ cid: 1, code }]);
  expect([...node.core.rejections.counts]).toEqual([[code, 1]]);
});

test('a resend that gets the answer it had is not counted again', async () => {
  const node = new TestNode({ limits: LIMITS });
  const alice = await node.login('alice');
  alice.send1(1, 'bob');
  alice.send1(2, 'bob');
  await node.settle();
  alice.cut();
  const again = await node.login('alice');
  again.send1(2, 'bob', 'm2', { again: true });
  await node.settle();
  expect(again.of('rejected')).toMatchObject([{ cid: 2, code: 'mailbox_full' }]);
  expect([...node.core.rejections.counts]).toEqual([['mailbox_full', 1]]);
});
