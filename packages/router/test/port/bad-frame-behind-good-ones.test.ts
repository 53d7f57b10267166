/** A bad frame ends a connection; what came before it in the same message has been handled (docs/protocol.md, section 10). */
import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../../src/test-kit/test-node.js';

const text = Buffer.from('x');
const ended = { code: 4000, reason: 'bad_frame' };

describe('the frames before a bad one', () => {
  test('are handled before the connection ends', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.write((w) => (w.send(1, 'bob', text), w.ack(99)));
    node.run();
    expect(alice.closedWith).toEqual(ended);
    expect(alice.frames.at(-1)).toEqual({ op: 'error', code: 'bad_frame' });
    expect(bob.bodies).toEqual(['x']);
  });

  test('are handled too when they came with HELLO', async () => {
    const node = new TestNode();
    const bob = await node.login('bob');
    const alice = node.connect();
    alice.write((w) => (w.hello('alice', { client: 'c' }), w.send(1, 'bob', text), w.ack(99)));
    await node.settle();
    expect([alice.closedWith, bob.bodies]).toEqual([ended, ['x']]);
  });

  test('take their ACKs with them', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob');
    await node.settle();
    bob.write((w) => (w.send(1, 'alice', text), w.ack(1), w.ack(99)));
    await node.settle();
    expect([bob.closedWith, alice.of('receipt').length, alice.bodies]).toEqual([ended, 1, ['x']]);
    const again = await node.login('bob');
    expect(again.bodies).toEqual([]);
  });

  test('are all that is handled: nothing behind it is read, not in the next message either', async () => {
    const node = new TestNode();
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.write((w) => (w.send(1, 'bob', text), w.ack(99), w.send(2, 'bob', text)));
    alice.send1(3, 'bob');
    await node.settle();
    expect([alice.closedWith, bob.bodies]).toEqual([ended, ['x']]);
  });
});
