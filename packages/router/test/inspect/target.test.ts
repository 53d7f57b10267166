import { defineService } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { findTarget, targetKinds } from '../../src/inspect/target.js';
import type { TargetKind } from '../../src/inspect/target.js';
import { Names } from '../../src/privacy/names.js';
import { TestNode } from '../../src/test-kit/test-node.js';

const names = new Names(Buffer.alloc(32), false);
const echo = defineService({ name: 'echo', version: '2.0.0', init: () => undefined, handleMessage: () => undefined });

describe('what an operator names', () => {
  async function start(...users: string[]) {
    const node = new TestNode({ services: [echo] });
    for (const user of users) await node.login(user);
    return {
      node,
      find: (text: string, kinds: readonly TargetKind[] = targetKinds) => findTarget(text, kinds, node.core, names),
    };
  }

  test('is a connected user by name, or by pseudonym', async () => {
    const { find } = await start('alice', 'bob');
    expect(await find('bob')).toEqual({ kind: 'user', name: 'bob' });
    expect(await find(names.pseudonym('bob'))).toEqual({ kind: 'user', name: 'bob' });
    expect(await find(names.pseudonym('nobody'), ['user'])).toBeUndefined();
  });

  test('is a user by a pseudonym that was shown lately', async () => {
    const { node } = await start();
    const shown = new Names(Buffer.alloc(32), false, (pseudonym) => (pseudonym === 'abcdefghij' ? 'gone' : undefined));
    expect(await findTarget('abcdefghij', ['user'], node.core, shown)).toEqual({ kind: 'user', name: 'gone' });
  });

  test('is a user who is away, if the router knows of one', async () => {
    const { node, find } = await start('alice', 'bob');
    node.core.portOf('bob')?.close(4006, 'going_away');
    await node.settle();
    await node.pass(10_000);
    expect(node.core.mailbox('bob')).toBeUndefined();
    expect(await find('bob')).toEqual({ kind: 'user', name: 'bob' });
    expect(await find('carl', ['user', 'service', 'actor'])).toBeUndefined();
  });

  test('is a service by its address, as long as it runs', async () => {
    const { find } = await start();
    expect(await find('$echo')).toMatchObject({ kind: 'service', service: { address: '$echo' } });
    expect(await find('$gone')).toBeUndefined();
  });

  test('is an actor by its id or its registered name', async () => {
    const { node, find } = await start('alice');
    const session = node.core.portOf('alice')!.session as { id: number };
    const found = { kind: 'actor', pid: session, owner: node.core.portOf('alice') };
    expect(await find(`<${session.id}>`)).toEqual(found);
    expect(await find(String(session.id))).toEqual(found);
    expect(await find('sessions')).toMatchObject({ kind: 'actor', pid: node.core.supervisors[0] });
    expect(await find('<1>')).toMatchObject({ kind: 'actor', pid: node.core.supervisors[0] });
    expect(await find('<999>')).toBeUndefined();
  });

  test('is a behaviour where nothing else has that name', async () => {
    const { find } = await start();
    expect(await find('echo')).toEqual({ kind: 'behaviour', name: 'echo' });
  });

  test('is first of all a user, unless another kind is asked for', async () => {
    const { find } = await start('sessions', '1', 'echo');
    for (const text of ['sessions', '1', 'echo']) expect(await find(text)).toMatchObject({ kind: 'user' });
    expect(await find('sessions', ['actor'])).toMatchObject({ kind: 'actor' });
    expect(await find('<1>')).toMatchObject({ kind: 'actor' });
    expect(await find('echo', ['behaviour'])).toMatchObject({ kind: 'behaviour' });
  });
});
