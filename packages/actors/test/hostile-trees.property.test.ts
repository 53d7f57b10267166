import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  ActorError,
  countChildren,
  deleteChild,
  errorCodes,
  restartChild,
  startChild,
  supervisor,
  terminateChild,
  whichChildren,
  type ChildSpec,
  type Pid,
  type Strategy,
} from '../src/index.js';
import { createTestSystem, type TestSystem } from '../src/test-kit.js';
import { hostile } from './hostile.js';
import { seed, seeded } from './random.js';

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => {
  process.off('unhandledRejection', note);
});

/**
 * Trees of supervisors of every strategy over children that throw, reject or never settle in every callback, `init` and `terminate` included, while all that can be asked of a supervisor is asked and anybody is
 * told to end at any time.
 */
test(`trees of hostile children keep their rules (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let round = 0; round < 80; round += 1) {
    const kit = createTestSystem({ handlerTimeoutMs: 200, random });
    const child = hostile(random);
    let count = 0;
    const leaf = (): ChildSpec => ({
      id: `n${(count += 1)}`,
      behaviour: child,
      arg: 0,
      restart: pick(['permanent', 'permanent', 'transient', 'temporary']),
      shutdown: pick([0, 50, 500, 'brutal_kill', 'infinity']),
      ...(random() < 0.3 ? { mailbox: { maxMessages: 3, policy: pick(['reject', 'dropOldest', 'block']) } } : {}),
    });
    const node = (depth: number): ChildSpec => {
      if (depth === 3 || random() < 0.4) return leaf();
      const strategy = pick<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one']);
      const children =
        strategy === 'simple_one_for_one'
          ? [leaf()]
          : Array.from({ length: 1 + Math.floor(random() * 3) }, () => node(depth + 1));
      return {
        id: `n${(count += 1)}`,
        type: 'supervisor',
        behaviour: supervisor({
          strategy,
          intensity: pick([3, 100_000, 100_000]),
          ...(random() < 0.3 ? { backOff: { firstMs: 5, maxMs: 40 } } : {}),
          children,
        }),
      };
    };
    const isSupervisor = (pid: Pid): boolean => kit.system.info(pid)?.behaviour === 'supervisor';
    const everybody = (): Pid[] => [...kit.system.actors()];

    /** Asks and takes every refusal that has a code of ours. */
    let asked = 0;
    let answered = 0;
    const ask = (request: () => unknown): void => {
      asked += 1;
      const refused = (error: unknown): void => {
        if (!(error instanceof ActorError) || !(error.code in errorCodes)) throw error;
        answered += 1;
      };
      try {
        const answer = request();
        if (answer instanceof Promise) void answer.then(() => (answered += 1), refused);
        else answered += 1;
      } catch (error) {
        refused(error);
      }
    };
    // The top outlives it all; what is below it may give up.
    const strategy = pick<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one']);
    const top = kit.system.spawn(supervisor({ strategy, intensity: 100_000, children: [] }), undefined);
    for (let n = 0; n < 12; n += 1) {
      ask(() => startChild(top, node(1)));
      await kit.advanceAsync(50);
    }
    for (let n = 0; n < 150; n += 1) {
      const living = everybody();
      const supervisors = living.filter(isSupervisor);
      const r = random();
      const target = pick(living) as Pid<string>;
      const parent = pick(supervisors);
      if (r < 0.3) kit.system.send(target, 'm');
      else if (r < 0.45) {
        if (target !== top) kit.system.exit(target, pick(['kill', 'oops', 'shutdown', 'normal']));
      } else if (r < 0.75 && parent) {
        const id = pick(childIds(parent)) ?? 'nobody';
        if (r < 0.55) ask(() => startChild(parent, random() < 0.5 ? leaf() : 1));
        else if (r < 0.65) ask(() => terminateChild(parent, random() < 0.5 ? id : target));
        else if (r < 0.7) ask(() => restartChild(parent, id));
        else ask(() => deleteChild(parent, id));
      } else if (r < 0.8) ask(() => kit.system.call(target, 1, 100));
      else await kit.advanceAsync(random() * 40);
    }
    await kit.advanceAsync(20_000);
    const label = `round ${round}`;
    expect([label, answered]).toEqual([label, asked]);
    expectRules(kit, label);
    const stopped = kit.system.stop();
    await kit.advanceAsync(20_000);
    await stopped;
    const { spawned, ended } = kit.system.counters;
    expect([label, kit.system.actorCount, spawned - ended, kit.system.nextTimerAt]).toEqual([label, 0, 0, Infinity]);
  }
  await new Promise((done) => setImmediate(done));
  expect(unhandled).toEqual([]);
}, 60_000);

function childIds(parent: Pid): string[] {
  try {
    return whichChildren(parent).map(({ id }) => id);
  } catch {
    return []; // it is in its own start
  }
}

/** Every living actor but the root is the child of one living supervisor; what a supervisor shows as running runs; nothing waits. */
function expectRules(kit: TestSystem, label: string): void {
  const seen = new Map<Pid, number>();
  for (const pid of kit.system.actors()) {
    if (kit.system.info(pid)?.behaviour !== 'supervisor') continue;
    const children = whichChildren(pid);
    expect([label, countChildren(pid).active]).toEqual([label, children.filter((child) => child.pid).length]);
    for (const { id, pid: child, restarting } of children) {
      expect([label, id, restarting]).toEqual([label, id, false]);
      if (child === null) continue;
      expect([label, id, kit.system.isAlive(child)]).toEqual([label, id, true]);
      seen.set(child, (seen.get(child) ?? 0) + 1);
    }
  }
  const [, ...others] = kit.system.actors();
  expect([label, [...seen.values()].every((times) => times === 1), seen.size]).toEqual([label, true, others.length]);
  for (const pid of others) expect([label, kit.system.info(pid)?.depth]).toEqual([label, 0]);
  expect([label, kit.system.runQueueLength]).toEqual([label, 0]);
}
