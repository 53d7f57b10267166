import { describe, expect, test } from '@jest/globals';
import { TestNode } from '../src/test-kit/test-node.js';
import type { TestClient } from '../src/test-kit/test-node.js';

async function watching(...users: string[]): Promise<{ node: TestNode; watcher: TestClient }> {
  const node = new TestNode();
  const watcher = await node.login('watcher');
  watcher.write((w) => w.watch(users, true));
  node.run();
  return { node, watcher };
}

const notices = (client: TestClient): string[] =>
  client.of('presence').map((f) => `${f.user} ${f.online ? 'online' : 'away'}`);

describe('a watcher', () => {
  test('is told the state now, and each change', async () => {
    const { node, watcher } = await watching('alice', 'watcher');
    expect(notices(watcher)).toEqual(['alice away', 'watcher online']);
    const alice = await node.login('alice');
    alice.cut();
    await node.pass(3_000);
    expect(notices(watcher).slice(2)).toEqual(['alice online', 'alice away']);
  });

  test('is told that a user is away 3 s after its connection ended, not before', async () => {
    const { node, watcher } = await watching('alice');
    const alice = await node.login('alice');
    alice.cut();
    await node.pass(2_999);
    expect(notices(watcher)).toEqual(['alice away', 'alice online']);
    await node.pass(1);
    expect(notices(watcher)).toEqual(['alice away', 'alice online', 'alice away']);
  });

  test('is told nothing of a user who comes back within 3 s, however often', async () => {
    const { node, watcher } = await watching('alice');
    (await node.login('alice')).cut();
    for (let n = 0; n < 5; n++) {
      await node.pass(2_000);
      (await node.login('alice')).cut();
    }
    await node.pass(2_999);
    expect(notices(watcher)).toEqual(['alice away', 'alice online']);
    await node.pass(1);
    expect(notices(watcher).at(-1)).toBe('alice away');
  });

  test('is told nothing of a take-over', async () => {
    const { node, watcher } = await watching('alice');
    await node.login('alice');
    await node.login('alice', { client: 'other' });
    await node.pass(10_000);
    expect(notices(watcher)).toEqual(['alice away', 'alice online']);
  });

  test('sees a user who has just left as online', async () => {
    const node = new TestNode();
    (await node.login('alice')).cut();
    const watcher = await node.login('watcher');
    watcher.write((w) => w.watch(['alice'], true));
    node.run();
    expect(notices(watcher)).toEqual(['alice online']);
  });

  test('is told nothing more once it has stopped', async () => {
    const { node, watcher } = await watching('alice', 'bob');
    watcher.write((w) => w.watch(['alice'], false));
    node.run();
    await node.login('alice');
    await node.login('bob');
    expect(notices(watcher)).toEqual(['alice away', 'bob away', 'bob online']);
  });

  test('that is gone is forgotten', async () => {
    const { node, watcher } = await watching('alice');
    watcher.cut();
    const { length } = watcher.frames;
    await node.login('alice');
    expect(watcher.frames).toHaveLength(length);
  });

  test('that did not read is told every state again when it does', async () => {
    const { node, watcher } = await watching('alice', 'bob');
    const sender = await node.login('sender');
    watcher.bufferedBytes = 2 << 20;
    sender.send1(1, 'watcher');
    await node.settle();
    await node.login('alice');
    const { length } = notices(watcher);
    expect(length).toBe(2);
    watcher.bufferedBytes = 0;
    watcher.port.drained();
    node.run();
    expect(notices(watcher).slice(2)).toEqual(['alice online', 'bob away']);
  });
});

describe('the limit of watched users', () => {
  test('is an ERROR without a close, and nothing of that WATCH counts', async () => {
    const node = new TestNode({ limits: { watch: 3 } });
    const watcher = await node.login('watcher');
    watcher.write((w) => w.watch(['a', 'b'], true));
    watcher.write((w) => w.watch(['c', 'd'], true));
    node.run();
    expect(watcher.of('error')).toEqual([{ op: 'error', code: 'watch_limit' }]);
    expect(watcher.closedWith).toBeNull();
    await node.login('c');
    expect(notices(watcher)).toEqual(['a away', 'b away']);
    watcher.write((w) => w.watch(['c'], true));
    node.run();
    expect(notices(watcher).at(-1)).toBe('c online');
  });

  test('counts each user once, and not those that are watched no more', async () => {
    const node = new TestNode({ limits: { watch: 2 } });
    const watcher = await node.login('watcher');
    watcher.write((w) => w.watch(['a', 'a', 'b'], true));
    watcher.write((w) => w.watch(['b', 'a'], true));
    watcher.write((w) => w.watch(['a'], false));
    watcher.write((w) => w.watch(['c'], true));
    node.run();
    expect(watcher.of('error')).toEqual([]);
  });
});
