import { defineBehaviour } from '@mailbeam/actors';
import type { ModuleUnit, Version } from '@mailbeam/code';
import type { SessionFrame, SessionPort } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { builtIn } from '../src/built-in.js';
import type { SessionModule, SessionVersion } from '../src/port/session-shell.js';
import { TestNode } from '../src/test-kit/test-node.js';
import { moveAll } from './interceptors/fixed-unit.js';

interface State {
  readonly port: SessionPort;
  readonly log: string[];
}

/** A session that routes everything and notes what it does. */
function version(
  number: string,
  log: string[],
  codeChange: (state: State, from: string) => State = (state) => state,
): SessionVersion {
  const module = defineBehaviour<SessionPort, State, SessionFrame>({
    name: 'session',
    version: number,
    init: (port) => {
      log.push(`${number} init ${port.user}`);
      return { port, log };
    },
    handleMessage(frame, { port }) {
      log.push(`${number} ${'cid' in frame ? frame.cid : frame.op}`);
      if ('to' in frame && frame.to === 'crash') throw new Error('boom');
      port.route();
    },
    codeChange: (state, from) => codeChange(state as State, from),
  });
  return builtIn('session', module as unknown as SessionModule);
}

function start(first: SessionVersion) {
  const node = new TestNode({ session: first.module });
  const unit = { kind: 'session' as const, name: 'session', choose: (_user: string): Version => first };
  node.core.sessions.start(unit);
  return { node, unit: unit as { choose: ModuleUnit['choose'] } & ModuleUnit };
}

describe('sessions, as the code server sees them', () => {
  test('each connection is an instance, by the name of its user', async () => {
    const v1 = version('1', []);
    const { node } = start(v1);
    const alice = await node.login('alice');
    await node.login('bob');
    const cursor = node.core.sessions.instances();
    const keys: string[] = [];
    for (let i = cursor.next(); i !== undefined; i = cursor.next()) keys.push(i.key);
    expect(keys).toEqual(['alice', 'bob']);
    expect(v1.stats.instances).toBe(2);
    alice.cut();
    await node.settle();
    expect(v1.stats.instances).toBe(1);
  });

  test('move between two messages; what waits is handled by the new version, in order', async () => {
    const log: string[] = [];
    const v1 = version('1', log);
    const from: string[] = [];
    const v2 = version('2', log, (state, old) => (from.push(old), state));
    const { node } = start(v1);
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    for (const cid of [1, 2]) alice.send1(cid, 'bob');
    node.run();
    for (const cid of [3, 4]) alice.send1(cid, 'bob');
    const moved = moveAll(node.core.sessions.instances(), v2);
    await node.settle();
    expect(await moved).toEqual([{ moved: true }, { moved: true }]);
    expect(log).toEqual(['1 init alice', '1 init bob', '1 1', '1 2', '2 3', '2 4']);
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(from).toEqual(['1', '1']);
    expect([v1.stats.instances, v2.stats.instances]).toEqual([0, 2]);
    expect([v1.stats.handled, v2.stats.handled]).toEqual([2, 2]);
  });

  test('whose codeChange throws stay with what they had', async () => {
    const error = new Error('no');
    const v1 = version('1', []);
    const v2 = version('2', [], () => {
      throw error;
    });
    const { node } = start(v1);
    await node.login('alice');
    const moved = moveAll(node.core.sessions.instances(), v2);
    await node.settle();
    expect(await moved).toEqual([{ moved: false, reason: 'threw', error }]);
    expect([v1.stats.instances, v2.stats.instances]).toEqual([1, 0]);
  });

  test('that start while a canary is out get the version that is chosen for their user', async () => {
    const log: string[] = [];
    const [v1, v2] = [version('1', log), version('2', log)];
    const { node, unit } = start(v1);
    unit.choose = (user) => (user === 'bob' ? v2 : v1);
    await node.login('alice');
    await node.login('bob');
    expect(log).toEqual(['1 init alice', '2 init bob']);
  });

  test('that are restarted come up with the version chosen then, on the same connection', async () => {
    const log: string[] = [];
    const [v1, v2] = [version('1', log), version('2', log)];
    const { node, unit } = start(v2);
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    unit.choose = () => v1;
    node.core.sessions.instances().next()!.restart();
    await node.settle();
    alice.send1(1, 'bob');
    await node.settle();
    expect(log).toEqual(['2 init alice', '2 init bob', '1 init alice', '1 1']);
    expect([alice.closedWith, bob.bodies]).toEqual([null, ['m1']]);
    expect([v1.stats.instances, v2.stats.instances]).toEqual([1, 1]);
  });

  test('count their crashes against their version', async () => {
    const [v1, v2] = [version('1', []), version('2', [])];
    const { node, unit } = start(v1);
    unit.choose = (user) => (user === 'bob' ? v2 : v1);
    await node.login('alice');
    const bob = await node.login('bob');
    bob.send1(1, 'crash');
    await node.settle();
    expect([v1.stats.crashes, v2.stats.crashes]).toEqual([0, 3]);
    expect([v1.stats.instances, v2.stats.instances]).toEqual([1, 1]);
  });

  test('show a copy of their state, with a handle in place of the port', async () => {
    const { node } = start(version('1', ['x']));
    await node.login('alice');
    expect(node.core.sessions.instances().next()!.copyState()).toEqual({
      port: { $handle: 'Port' },
      log: ['x', '1 init alice'],
    });
  });
});
