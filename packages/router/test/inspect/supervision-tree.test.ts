import { defineBehaviour } from '@mailbeam/actors';
import { defineService } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { supervisionTree } from '../../src/inspect/supervision-tree.js';
import { Names } from '../../src/privacy/names.js';
import { TestNode } from '../../src/test-kit/test-node.js';

const names = new Names(Buffer.alloc(32), true);
const echo = defineService({ name: 'echo', version: '2.0.0', init: () => undefined, handleMessage: () => undefined });

describe('the supervision tree of a node', () => {
  test('shows supervisors, their strategies and few children one by one', async () => {
    const node = new TestNode({ services: [echo] });
    await node.login('alice');
    const tree = await supervisionTree(node.core, names, 5);
    expect(tree).toMatchObject({ actors: 4, outside: 0 });
    const [sessions, services] = tree.supervisors;
    expect(sessions).toMatchObject({
      name: 'sessions',
      strategy: 'simple_one_for_one',
      intensity: 30,
      periodMs: 10_000,
      restarted: 0,
      active: 1,
      folded: 0,
      groups: [{ behaviour: 'session', version: '1.0.0', actors: 1, depth: 0, restarts: 0 }],
      children: [{ behaviour: 'session', version: '1.0.0', status: 'waiting', depth: 0, restarts: 0, user: 'alice' }],
    });
    expect(services).toMatchObject({
      name: 'services',
      children: [{ behaviour: 'echo', version: '2.0.0', service: '$echo' }],
    });
  });

  test('folds many sessions into a count, with the few deepest in order', async () => {
    const node = new TestNode();
    const sender = await node.login('sender');
    let cid = 0;
    for (let i = 0; i < 1_200; i++) await node.login(`user${i}`);
    for (const [user, count] of Object.entries({ user7: 2, user900: 5, user1100: 3 }))
      for (let i = 0; i < count; i++) sender.send1(++cid, user);
    await node.settle();
    const tree = await supervisionTree(node.core, names, 2);
    expect(tree.supervisors[0]).toMatchObject({
      active: 1_201,
      folded: 1_199,
      groups: [{ behaviour: 'session', version: '1.0.0', actors: 1_201, depth: 10, restarts: 0 }],
      children: [
        { user: 'user900', depth: 5 },
        { user: 'user1100', depth: 3 },
      ],
    });
  });

  test('counts the restarts of each actor', async () => {
    const crashing = defineService({
      name: 'bad',
      version: '1.0.0',
      init: () => undefined,
      handleMessage: () => {
        throw new Error('no');
      },
    });
    const node = new TestNode({ services: [crashing], limits: { maxAttempts: 2 } });
    const alice = await node.login('alice');
    alice.send1(1, '$bad');
    await node.settle();
    await node.pass(10_000);
    const [, services] = (await supervisionTree(node.core, names, 5)).supervisors;
    expect(services).toMatchObject({ restarted: 2, children: [{ behaviour: 'bad', restarts: 2 }] });
  });

  test('counts actors that no supervisor has started', async () => {
    const node = new TestNode();
    node.core.system.spawn(
      defineBehaviour({ name: 'stray', version: '1', init: () => undefined, handleMessage: () => undefined }),
      undefined,
    );
    expect(await supervisionTree(node.core, names, 5)).toMatchObject({ actors: 3, outside: 1 });
  });
});
