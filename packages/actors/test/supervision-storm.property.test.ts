import { expect, test } from '@jest/globals';
import { countChildren, supervisor, whichChildren, type ChildSpec, type Pid, type Strategy } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder } from './recorder.js';
import { seed, seeded } from './random.js';

const never = new Promise<never>(() => undefined);

/**
 * Many ends at once, at every level, while starts and stops that take time are under way: no model says in which order things go, but in the end every permanent child of
 * every supervisor must run again, once.
 */
test(`after a storm of simultaneous ends every child of every supervisor runs, once (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let round = 0; round < 60; round += 1) {
    const kit = createTestSystem({ handlerTimeoutMs: 100 }); // so that what never settles holds up a restart, and the end of the storm comes all the same
    const later = (ms: number): Promise<void> =>
      new Promise((done) => {
        const waiter = kit.probe();
        kit.system.sendAfter(ms, waiter.pid, 'now');
        void kit.system.monitor(waiter.pid, () => done());
        waiters.push(waiter);
      });
    const waiters: ReturnType<typeof kit.probe>[] = [];
    /** Probes that got their message end, and so settle whom they stand for. */
    const ring = async (ms: number): Promise<void> => {
      await kit.advanceAsync(ms);
      for (const waiter of waiters) if (waiter.messages.length > 0) kit.system.exit(waiter.pid, 'kill');
      await kit.settle();
    };

    let count = 0;
    const running = new Map<string, number>();
    const make = (depth: number): ChildSpec => {
      count += 1;
      const id = `n${count}`;
      if (depth < 3 && (depth === 0 || random() < 0.4)) {
        const children = Array.from({ length: 1 + Math.floor(random() * 3) }, () => make(depth + 1));
        const strategy = pick<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one']);
        return { id, type: 'supervisor', behaviour: supervisor({ strategy, intensity: 100_000, children }) };
      }
      const slowStart = random() < 0.3;
      const end = pick(['at once', 'at once', 'later', 'later', 'throws', 'rejects', 'never'] as const);
      let starts = 0;
      return {
        id,
        behaviour: recorder,
        shutdown: pick([20, 'brutal_kill', 5_000] as const),
        arg: {
          log: [],
          trap: random() < 0.6,
          init: (self: { pid: Pid }) => {
            running.set(id, self.pid.id);
            starts += 1;
            if (starts > 1 && random() < 0.2) throw new Error('not this time');
            if (starts > 1 && random() < 0.1) return Promise.reject(new Error('nor now'));
            if (starts > 1 && random() < 0.1) return never;
            return slowStart && starts > 1 ? later(random() * 30) : undefined;
          },
          terminate() {
            if (end === 'throws') throw new Error('terminate');
            if (end === 'rejects') return Promise.reject(new Error('terminate'));
            if (end === 'never') return never;
            return end === 'later' ? later(random() * 30) : undefined;
          },
        },
      };
    };
    const root = make(0);
    const top = kit.system.spawn(root.behaviour as never, undefined);
    await kit.settle();

    for (let wave = 0; wave < 6; wave += 1) {
      const all = [...kit.system.actors()].filter(
        (pid) => pid !== top && !waiters.some((waiter) => waiter.pid === pid),
      );
      for (const pid of all) if (random() < 0.3) kit.system.exit(pid, random() < 0.5 ? 'kill' : 'oops');
      if (random() < 0.5) await kit.settle();
      await ring(random() * 40);
    }
    for (let i = 0; i < 300; i += 1) await ring(50);

    let alive = 0;
    const look = (supervisorPid: Pid): void => {
      const children = whichChildren(supervisorPid);
      const counts = countChildren(supervisorPid);
      expect(counts.active).toBe(counts.specs);
      for (const child of children) {
        alive += 1;
        expect([round, child.id, child.pid !== null && kit.system.isAlive(child.pid)]).toEqual([round, child.id, true]);
        if (child.type === 'supervisor') look(child.pid as Pid);
        else expect(running.get(child.id)).toBe(child.pid?.id);
      }
    };
    look(top);
    expect(alive).toBe(count - 1);
    const others = [...kit.system.actors()].filter(
      (pid) => pid !== top && !waiters.some((waiter) => waiter.pid === pid),
    );
    expect(others).toHaveLength(alive);
  }
});
