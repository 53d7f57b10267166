import { describe, expect, test } from '@jest/globals';
import { ActorError, childrenOf, startChild, supervisorStatus, type Pid } from '../src/index.js';
import { roughSize } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';
import { crash, tree } from './scripted-tree.js';

describe('the status of a supervisor', () => {
  test('counts how often it restarted a child, in all and each', () => {
    const kit = createTestSystem();
    const { top } = tree(kit, {
      strategy: 'simple_one_for_one',
      intensity: 10,
      periodMs: 1_000,
      children: [{ id: 'child', behaviour: recorder }],
    });
    const args = ['a', 'b'].map((name) => ({ log: [], name }));
    const [first, second] = args.map((arg) => startChild<Act>(top, arg));
    kit.system.send(first as Pid<Act>, crash);
    kit.run();
    kit.system.send([...childrenOf(top)].find(({ arg }) => arg === args[0])?.pid as Pid<Act>, crash);
    kit.run();
    expect(supervisorStatus(top)).toEqual({
      strategy: 'simple_one_for_one',
      intensity: 10,
      periodMs: 1_000,
      restarts: 2,
      children: { specs: 2, active: 2, supervisors: 0, workers: 2 },
    });
    const seen = [...childrenOf(top)];
    expect(seen.map(({ arg, restarts }) => [arg, restarts])).toEqual([
      [args[1], 0],
      [args[0], 2],
    ]);
    expect(seen[0]?.pid).toBe(second);
  });

  test('of a static one counts each child of a group that went down and up together', () => {
    const kit = createTestSystem();
    const { top, pid } = tree(kit, {
      strategy: 'rest_for_one',
      intensity: 10,
      children: ['a', 'b', 'c'].map((id) => ({ id, behaviour: recorder, arg: { log: [] }, name: id })),
    });
    kit.system.send(pid('b'), crash);
    kit.run();
    expect([...childrenOf(top)].map(({ id, restarts }) => [id, restarts])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
    ]);
    expect(supervisorStatus(top)).toMatchObject({ strategy: 'rest_for_one', restarts: 2 });
  });

  test('is not to be had of an actor that is none', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(recorder, { log: [] });
    expect(() => supervisorStatus(pid)).toThrow(ActorError);
  });
});

describe('a walk over the children', () => {
  test('comes to its end, although those that it has passed are started again behind it', () => {
    const kit = createTestSystem();
    const { top } = tree(kit, {
      strategy: 'simple_one_for_one',
      intensity: 1_000,
      children: [{ id: 'child', behaviour: recorder }],
    });
    for (let i = 0; i < 10; i++) startChild<Act>(top, { log: [] });
    let steps = 0;
    for (const { pid } of childrenOf(top)) {
      steps += 1;
      if (pid) kit.system.send(pid as Pid<Act>, crash);
      kit.run();
    }
    expect(steps).toBe(10);
  });
});

test('the rough size of a value leaves out what belongs to somebody else', () => {
  const others = { bytes: new Uint8Array(10_000) };
  const state = { others, count: 1 };
  expect(roughSize(state)).toBeGreaterThan(10_000);
  expect(roughSize(state, others)).toBeLessThan(100);
});
