/** A READ says what its sender claims; it must not make a message count as taken (docs/protocol.md, sections 4 and 6). */
import { expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

test('a resend is delivered although its recipient has claimed to have read beyond it', async () => {
  const node = new TestNode();
  const alice = await node.login('alice');
  const bob = await node.login('bob');
  bob.write((w) => w.read(1, 'alice', 1, 1_000));
  await node.settle();
  alice.send1(1, 'bob', 'hello', { again: true });
  await node.settle();
  expect(bob.bodies).toEqual(['hello']);
});

test.each([0, 1, 7])('a READ of origin %i, which nobody has, is accepted and leaves nothing behind', async (origin) => {
  const node = new TestNode();
  const bob = await node.login('bob');
  bob.write((w) => w.read(1, 'nobody', origin, 1));
  await node.settle();
  expect(bob.acceptedUpTo).toBe(1);
  const nobody = await node.login('nobody');
  await node.settle();
  expect(nobody.of('welcome')).toMatchObject([{ pending: 0 }]);
  expect(nobody.of('receipt')).toEqual([]);
});
