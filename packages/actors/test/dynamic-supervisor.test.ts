import { describe, expect, test } from '@jest/globals';
import {
  countChildren,
  defineBehaviour,
  startChild,
  terminateChild,
  type ChildSpec,
  type Pid,
  type SupervisorSpec,
} from '../src/index.js';
import { createTestSystem, type TestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';
import { codeOf, codeThrown, crash, never, tree } from './scripted-tree.js';

describe('a dynamic supervisor', () => {
  function dynamic(kit: TestSystem, spec: Partial<SupervisorSpec> = {}, template: Partial<ChildSpec> = {}) {
    return tree(kit, {
      strategy: 'simple_one_for_one',
      children: [{ id: 'child', behaviour: recorder, ...template }],
      ...spec,
    });
  }

  test('counts restarts together by default, as OTP does', () => {
    const kit = createTestSystem();
    const { top, ends } = dynamic(kit, { intensity: 2 });
    const pids = [0, 1, 2].map(() => startChild<Act>(top, { log: [] }));
    for (const pid of pids) kit.system.send(pid, crash);
    expect(ends()).toEqual(['shutdown']);
    expect(kit.system.actorCount).toBe(1); // the probe
  });

  test('with intensityScope child gives up the child that crashes too often, reports it, and keeps its siblings', () => {
    const kit = createTestSystem();
    const { top, ends } = dynamic(kit, { intensity: 2, intensityScope: 'child' });
    const log: string[] = [];
    const sibling = startChild<Act>(top, { log: [] });
    startChild<Act>(top, { log, init: (self: { pid: Pid<Act> }) => void kit.system.send(self.pid, crash) });
    expect(ends()).toEqual([]);
    expect(log.filter((line) => line === 'init')).toHaveLength(3);
    expect(kit.system.isAlive(sibling)).toBe(true);
    expect(kit.reports.map(({ event }) => event)).toEqual(['restarted', 'restarted', 'given_up']);
    expect(countChildren(top)).toMatchObject({ active: 1 });
  });

  test('gives up a child whose start keeps failing in the same way', () => {
    const kit = createTestSystem();
    let broken = false;
    const { top } = dynamic(kit, { intensity: 3, intensityScope: 'child' });
    const pid = startChild<Act>(top, {
      log: [],
      init: () => {
        if (broken) throw new Error('no');
      },
    });
    broken = true;
    kit.system.exit(pid, 'kill');
    kit.run();
    expect(kit.reports.map(({ event }) => event)).toEqual(['start_failed', 'start_failed', 'start_failed', 'given_up']);
    expect(countChildren(top)).toEqual({ specs: 0, active: 0, supervisors: 0, workers: 0 });
  });

  test('does not keep a child whose first start fails', () => {
    const kit = createTestSystem();
    const { top } = dynamic(kit);
    expect(
      codeThrown(() =>
        startChild(top, {
          log: [],
          init: () => {
            throw new Error('x');
          },
        }),
      ),
    ).toBe('start_failed');
    kit.run();
    expect(countChildren(top).specs).toBe(0);
  });

  test('terminates one child, by pid, waiting for its end', async () => {
    const kit = createTestSystem();
    const { top } = dynamic(kit, {}, { shutdown: 100 });
    const slow = startChild(top, { log: [], trap: true, terminate: () => never });
    const quick = startChild(top, { log: [] });
    await terminateChild(top, quick);
    const both = Promise.all([terminateChild(top, slow), terminateChild(top, slow)]);
    kit.advance(100);
    await both;
    expect(kit.system.isAlive(slow)).toBe(false);
    expect(countChildren(top).specs).toBe(0);
    expect(await codeOf(terminateChild(top, quick))).toBe('not_found');
  });

  test('stops 100,000 children, letting others have their slots', () => {
    const kit = createTestSystem();
    const { top, ends } = dynamic(kit);
    for (let i = 0; i < 100_000; i += 1) startChild(top, { log: [] });
    kit.system.exit(top, 'shutdown');
    kit.system.runTurn();
    expect(kit.system.actorCount).toBeGreaterThan(10_000);
    expect(ends()).toEqual(['shutdown']);
    expect(kit.system.actorCount).toBe(1);
  });

  test('stops 1,000,000 children in a time that grows as their number does', () => {
    const light = defineBehaviour<unknown, null, never>({
      name: 'light',
      version: '1',
      init: () => null,
      handleMessage: () => undefined,
    });
    const stop = (count: number): number => {
      const kit = createTestSystem();
      const { top } = dynamic(kit, {}, { behaviour: light });
      for (let i = 0; i < count; i += 1) startChild(top, i);
      const began = performance.now();
      kit.system.exit(top, 'shutdown');
      kit.run();
      expect(kit.system.actorCount).toBe(1); // the probe
      return performance.now() - began;
    };
    const few = stop(50_000);
    // 20 times as many: a square would be 400 times as long. Far between the two, for the machine is not ours alone.
    expect(stop(1_000_000)).toBeLessThan(Math.max(few, 20) * 150);
  }, 60_000);

  test('restarts 100,000 children that crash at once', () => {
    const kit = createTestSystem();
    const { top } = dynamic(kit, { intensity: 1_000_000 });
    for (let i = 0; i < 100_000; i += 1) kit.system.exit(startChild(top, { log: [] }), 'kill');
    kit.run();
    expect(countChildren(top).active).toBe(100_000);
  });

  test('names a child, through its restarts', () => {
    const kit = createTestSystem();
    const { top } = dynamic(kit);
    const pid = startChild(top, { log: [] }, { name: 'alice' });
    expect(kit.system.whereis('alice')).toBe(pid);
    kit.system.exit(pid, 'kill');
    kit.run();
    expect(kit.system.whereis('alice')).not.toBe(pid);
    expect(kit.system.whereis('alice')).toBeDefined();
  });
});
