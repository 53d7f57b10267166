import { describe, expect, test } from '@jest/globals';
import { defineService } from '@mailbeam/handler';
import { serviceConsumer, sessionConsumer } from '../../src/telemetry/consumer.js';
import { TestNode } from '../../src/test-kit/test-node.js';

describe('the consumer of the mailbox of a user', () => {
  const of = (node: TestNode) => sessionConsumer(node.core.portOf('bob'), node.core);

  test('is a session: waiting, not acking, not reading, or not connected', async () => {
    const node = new TestNode();
    expect(of(node)).toEqual({ behaviour: null, version: null, doing: 'not connected' });
    const bob = await node.login('bob');
    expect(of(node)).toEqual({ behaviour: 'session', version: '1.0.0', doing: 'waiting' });
    const ann = await node.login('ann');
    ann.send1(1, 'bob');
    ann.send1(2, 'bob');
    await node.settle();
    expect(of(node)).toMatchObject({ doing: 'not acking: 2 in flight' });
    bob.ack(2);
    expect(of(node)).toMatchObject({ doing: 'waiting' });
    bob.port.stalledAt = node.clock.mono;
    node.clock.advance(12_000);
    expect(of(node)).toMatchObject({ doing: 'its client does not read: 12 s' });
  });
});

describe('the consumer of the mailbox of a service', () => {
  test('is the actor that has had its message in hand for longest', async () => {
    let release: () => void = () => undefined;
    const slow = defineService({
      name: 'slow',
      version: '7',
      init: () => null,
      handleMessage: () => new Promise<void>((resolve) => (release = resolve)),
    });
    const node = new TestNode({ services: [slow] });
    const of = () => serviceConsumer(node.core.services.find('$slow'), node.core);
    expect(of()).toEqual({ behaviour: 'slow', version: '7', doing: 'waiting' });
    const ann = await node.login('ann');
    ann.send1(1, '$slow');
    await node.settle();
    node.clock.advance(2_500);
    expect(of()).toEqual({ behaviour: 'slow', version: '7', doing: 'awaiting, with one in hand for 2.5 s' });
    release();
    await node.settle();
    expect(of()).toMatchObject({ doing: 'waiting' });
    node.core.services.stop('slow');
    expect(of()).toEqual({ behaviour: null, version: null, doing: 'it has been stopped' });
  });
});
