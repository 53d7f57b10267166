import { VersionStats } from '@mailbeam/code';
import type { Instance, ModuleUnit, MoveOutcome } from '@mailbeam/code';
import { defineService, method } from '@mailbeam/handler';
import type { ServiceDefinition } from '@mailbeam/handler';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { ServiceVersion } from '../../src/services/service-version.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';

interface State {
  total: number;
  by: string;
}

function version(number: string, more: Partial<ServiceDefinition<State>> = {}): ServiceVersion {
  const module = defineService<State>({
    name: 'counter',
    version: number,
    init: () => ({ total: 0, by: number }),
    handleTimer: (tag, state) => void (state.by += `, timer ${String(tag)}`),
    methods: {
      add: method(z.number(), (by, state: State, ctx) => {
        if (by === 100) ctx.setTimer(1_000, 'x');
        if (by === 0) throw new Error('nothing to add');
        state.total += by;
        return { ...state, version: number };
      }),
    },
    ...more,
  }) as unknown as ServiceVersion['module'];
  return { kind: 'service', name: 'counter', version: number, module, bundle: '', stats: new VersionStats() };
}

const second = (more: Partial<ServiceDefinition<State>> = {}): ServiceVersion =>
  version('2.0.0', { codeChange: (old, from) => ({ ...(old as State), by: `from ${from}` }), ...more });

/** A unit whose version the test decides, as the code server does. */
class Unit implements ModuleUnit {
  readonly kind = 'service';
  readonly name = 'counter';
  live: ServiceVersion;

  constructor(live: ServiceVersion) {
    this.live = live;
  }

  choose(): ServiceVersion {
    return this.live;
  }
}

async function running(first: ServiceVersion) {
  const node = new TestNode();
  const unit = new Unit(first);
  node.core.services.start(unit);
  await node.settle();
  const alice = await node.login('alice');
  let rid = 0;
  const add = async (by: number): Promise<unknown> => {
    alice.write((w) => w.call(++rid, 'counter', 'add', by));
    await node.settle();
    return alice.of('reply').find((reply) => reply.rid === rid)?.result;
  };
  const instances = (): { key: string; version: string; state: unknown }[] => {
    const cursor = node.core.services.instances('counter');
    const found = [];
    for (let one = cursor.next(); one !== undefined; one = cursor.next())
      found.push({ key: one.key, version: one.version.version, state: one.copyState() });
    cursor.close();
    return found;
  };
  const instance = (): Instance => node.core.services.instances('counter').next()!;
  const move = async (to: ServiceVersion): Promise<MoveOutcome> => {
    const outcome = await new Promise<MoveOutcome>((done) => instance().move(to, done));
    await node.settle();
    return outcome;
  };
  return { node, unit, alice, add, instances, instance, move };
}

describe('an instance of a service', () => {
  test('moves to another version with its state and its timers', async () => {
    const [one, two] = [version('1.0.0'), second()];
    const { node, add, instances, move } = await running(one);
    await add(100);
    expect(instances()).toEqual([{ key: '', version: '1.0.0', state: { total: 100, by: '1.0.0' } }]);
    expect(await move(two)).toEqual({ moved: true });
    expect([one.stats.instances, two.stats.instances]).toEqual([0, 1]);
    await node.pass(1_500);
    expect(await add(1)).toEqual({ total: 101, by: 'from 1.0.0, timer x', version: '2.0.0' });
  });

  test('stays as it is when codeChange throws', async () => {
    const one = version('1.0.0');
    const { add, move, instances } = await running(one);
    const codeChange = () => {
      throw new Error('cannot');
    };
    expect(await move(second({ codeChange }))).toMatchObject({ moved: false, reason: 'threw' });
    expect(instances()).toMatchObject([{ version: '1.0.0' }]);
    expect(await add(2)).toMatchObject({ total: 2, version: '1.0.0' });
    expect(one.stats.instances).toBe(1);
  });

  test('does not go from one state for all to one for each caller', async () => {
    const { move } = await running(version('1.0.0'));
    expect(await move(second({ state: 'caller' }))).toMatchObject({ moved: false, reason: 'threw' });
  });

  test('starts again on the version that is chosen then, without a crash', async () => {
    const [one, two] = [version('1.0.0'), second()];
    const { node, unit, add, instance, instances } = await running(one);
    await add(5);
    unit.live = two;
    instance().restart();
    await node.settle();
    expect(instances()).toEqual([{ key: '', version: '2.0.0', state: { total: 0, by: '2.0.0' } }]);
    expect([one.stats.instances, two.stats.instances, one.stats.crashes]).toEqual([0, 1, 0]);
  });

  test('moves and starts again only when the handling in hand has ended', async () => {
    let settle = (): void => undefined;
    const one = version('1.0.0', { handleMessage: () => new Promise<void>((done) => (settle = done)) });
    const two = second();
    const { node, unit, alice, instance, instances } = await running(one);
    alice.send1(1, '$counter');
    await node.settle();
    unit.live = two;
    instance().restart();
    await node.settle();
    expect(instances()).toMatchObject([{ version: '1.0.0' }]);
    settle();
    await settled();
    await node.settle();
    expect(instances()).toMatchObject([{ version: '2.0.0' }]);
    expect(alice.of('receipt')).toMatchObject([{ kind: 1, cid: 1 }]);
  });
});

describe('the figures of a version', () => {
  test('count handlings, crashes and refusals', async () => {
    const one = version('1.0.0');
    const { node, add, alice } = await running(one);
    await add(1);
    alice.write((w) => w.call(50, 'counter', 'add', 'no number'));
    await add(0);
    for (let i = 0; i < 3; i++) await node.pass(500);
    expect(one.stats).toMatchObject({ handled: 2, crashes: 3, rejects: 1, instances: 1 });
  });
});
