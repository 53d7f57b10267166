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
