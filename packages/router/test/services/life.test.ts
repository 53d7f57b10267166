import { defineService, method } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { settled, TestNode } from '../../src/test-kit/test-node.js';

const base = { name: 'echo', version: '1.0.0', init: () => undefined };
const whoami = { whoami: method(z.unknown(), (_args, _state: unknown, ctx) => [ctx.caller, ctx.from]) };

describe('the start of an actor', () => {
  test('waits for an async init, and is tried again when that fails; nothing is lost meanwhile', async () => {
    const starts: { settle: () => void; fail: () => void }[] = [];
    const handled: string[] = [];
    const service = defineService<undefined>({
      ...base,
      init: () =>
        new Promise((resolve, reject) => {
          starts.push({ settle: () => resolve(undefined), fail: () => reject(new Error('no database')) });
        }),
      handleMessage: (message) => void handled.push(message.text()),
    });
    const node = new TestNode({ services: [service] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.settle();
    for (let i = 0; i < 5; i++) {
      starts[i]!.fail();
      await settled();
      await node.settle();
      await node.pass(6_000);
    }
    expect(handled).toEqual([]);
    expect(starts).toHaveLength(6);
    starts[5]!.settle();
    await settled();
    await node.pass(10);
    expect(handled).toEqual(['m1']);
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
  });
});

describe('an actor for each caller', () => {
  test('knows whose it is', async () => {
    const node = new TestNode({ services: [defineService({ ...base, state: 'caller', methods: whoami })] });
    for (const name of ['alice', 'bob']) {
      const client = await node.login(name);
      client.write((w) => w.call(1, 'echo', 'whoami', null));
      await node.settle();
      expect(client.of('reply')).toMatchObject([{ ok: true, result: [name, name] }]);
    }
  });

  test('that ends for being idle, slowly or with a throw, makes room for another one of the same caller', async () => {
    const ends: (() => void)[] = [];
    const starts: string[] = [];
    const service = defineService({
      ...base,
      state: 'caller',
      callers: 1,
      methods: whoami,
      init: (ctx) => void starts.push(ctx.caller),
      async terminate() {
        await new Promise<void>((resolve) => ends.push(resolve));
        throw new Error('oops');
      },
    });
    const node = new TestNode({ services: [service] });
    const [alice, bob] = [await node.login('alice'), await node.login('bob')];
    const call = async (client: typeof alice, rid: number): Promise<void> => {
      client.write((w) => w.call(rid, 'echo', 'whoami', null));
      await node.settle();
    };
    await call(alice, 1);
    await call(bob, 1);
    await call(alice, 2);
    expect(alice.of('reply')).toHaveLength(1);
    ends[0]!();
    await settled();
    await node.settle();
    expect(alice.of('reply')).toMatchObject([{ rid: 1 }, { rid: 2, ok: true }]);
    await node.pass(10_000);
    expect(starts).toEqual(['alice', 'bob', 'alice']);
  });
});

describe('a node that stops', () => {
  test('lets what services have in hand end, and then waits no longer', async () => {
    let settle = (): void => undefined;
    const slow = defineService({ ...base, handleMessage: () => new Promise<void>((done) => (settle = done)) });
    const node = new TestNode({ services: [slow] });
    const alice = await node.login('alice');
    alice.send1(1, '$echo');
    await node.settle();
    const closed = node.core.services.close(60_000);
    await node.settle();
    settle();
    await settled();
    await node.settle();
    await closed;
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
    expect(node.core.services.has('$echo')).toBe(false);
  });
});
