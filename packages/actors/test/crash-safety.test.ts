import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  countChildren,
  createGroups,
  defineBehaviour,
  startChild,
  supervisor,
  type Behaviour,
  type Pid,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { hostile } from './hostile.js';
import { seeded, withSeed } from './random.js';

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => {
  process.off('unhandledRejection', note);
});

describe('whatever throws, wherever', () => {
  test('invariants hold: counts add up, every call settles, children are as many as are alive, nothing is left, no rejection is unhandled', async () => {
    let random = (): number => 0;
    withSeed((r) => (random = r));
    for (let round = 0; round < 60; round += 1) {
      const kit = createTestSystem({
        handlerTimeoutMs: 200,
        random: () => random(),
        onCrash: () => {
          if (random() < 0.2) throw new Error('onCrash');
        },
        onSupervisorReport: () => {
          if (random() < 0.2) throw new Error('onSupervisorReport');
        },
      });
      kit.system.onTurnEnd(() => {
        if (random() < 0.05) throw new Error('hook');
      });
      const behaviour = hostile(random);
      const sizeOf = (): number => {
        if (random() < 0.05) throw new Error('sizeOf');
        return 1;
      };
      const groups = createGroups();
      groups.monitor('all', () => {
        throw new Error('group');
      });
      if (round % 4 === 0)
        kit.system.trace('hostile', () => {
          throw new Error('trace');
        });
      const top = kit.system.spawn(
        supervisor({
          strategy: 'simple_one_for_one',
          intensity: 20,
          periodMs: 50,
          intensityScope: 'child',
          ...(round % 3 === 0 ? { backOff: { firstMs: 5, maxMs: 40 } } : {}),
          children: [
            {
              id: 'h',
              behaviour: behaviour,
              shutdown: 100,
              ...(round % 2 === 0
                ? { mailbox: { maxMessages: 3, maxBytes: 5, sizeOf, policy: 'block' as const } }
                : {}),
            },
          ],
        }),
        undefined,
      );
      let settled = 0;
      let called = 0;
      const pids: Pid<string>[] = [];
      for (let n = 0; n < 200; n += 1) {
        const r = random();
        const pid = pids[Math.floor(random() * pids.length)];
        if (r < 0.2 || !pid) {
          try {
            const child = startChild<string>(top, n);
            pids.push(child);
            if (random() < 0.5) groups.join('all', child);
          } catch {
            continue; // its init threw: told to whoever starts it
          }
        } else if (r < 0.6) kit.system.send(pid, 'm');
        else if (r < 0.75) {
          called += 1;
          void kit.system.call(pid, 1, 100).then(
            () => (settled += 1),
            () => (settled += 1),
          );
        } else if (r < 0.78) {
          called += 1;
          const ask = [
            kit.system.suspend(pid),
            kit.system.resume(pid),
            kit.system.getState(pid),
            kit.system.getStatus(pid),
          ];
          void Promise.allSettled(ask).then(() => (settled += 1));
          if (random() < 0.3) void kit.system.suspend(pid).catch(() => undefined);
        } else if (r < 0.85) kit.system.exit(pid, random() < 0.5 ? 'oops' : 'kill');
        else if (r < 0.9) void kit.system.changeCode(pid, behaviour);
        else if (r < 0.95)
          kit.system.monitor(pid, () => {
            throw new Error('monitor');
          });
        else await kit.advanceAsync(random() * 30);
      }
      await kit.advanceAsync(1_000);
      for (const pid of pids) void kit.system.resume(pid).catch(() => undefined);
      await kit.advanceAsync(5_000);
      const living = [...kit.system.actors()].filter((pid) => pid !== top);
      expect(countChildren(top).active).toBe(living.length);
      for (const pid of living) {
        const info = kit.system.info(pid);
        expect(info?.received).toBe((info?.handled ?? 0) + (info?.depth ?? 0));
        expect(info?.depth).toBe(0);
      }
      expect(settled).toBe(called);
      expect(groups.members('all').every((pid) => living.includes(pid))).toBe(true);
      expect(kit.system.runQueueLength).toBe(0);
      const stopped = kit.system.stop();
      await kit.advanceAsync(10_000);
      await stopped;
      expect(kit.system.actorCount).toBe(0);
      expect(groups.groups()).toEqual([]);
      expect(kit.system.counters.spawned).toBe(kit.system.counters.ended);
      expect(kit.system.nextTimerAt).toBe(Infinity);
    }
    await new Promise((done) => setImmediate(done));
    expect(unhandled).toEqual([]);
  });

  test('an actor whose init spawns itself for ever is refused, with all that it spawned, and nobody else is harmed', () => {
    const kit = createTestSystem();
    const other = kit.probe();
    const endless: Behaviour<undefined, null, never> = defineBehaviour<undefined, null, never>({
      name: 'endless',
      version: '1',
      handleMessage: () => undefined,
      init(_arg, self) {
        self.spawnLink(endless, undefined);
        return null;
      },
    });
    kit.system.spawn(endless, undefined);
    kit.system.send(other.pid, 'still here');
    kit.run();
    expect(other.messages).toEqual(['still here']);
    expect(kit.system.actorCount).toBe(1);
    expect(kit.crashes).toHaveLength(1);
    expect(kit.crashes[0]?.reason).toMatchObject({ error: { code: 'nested_too_deep' } });
  });

  test('the same seed throws the same dice', () => {
    expect(seeded(7)()).toBe(seeded(7)());
  });
});
