import { describe, expect, test } from '@jest/globals';
import { createGroups, type GroupChange, type Pid } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { withSeed } from './random.js';
import { recorder, type Act } from './recorder.js';

function start() {
  const kit = createTestSystem();
  const groups = createGroups();
  const spawn = (log: string[] = []): Pid<Act> => kit.system.spawn(recorder, { log });
  return { kit, system: kit.system, groups, spawn };
}

describe('a process group', () => {
  test('has the members that joined and did not leave, in order', () => {
    const { groups, spawn } = start();
    const [a, b, c] = [spawn(), spawn(), spawn()];
    groups.join('lobby', [a, b]);
    groups.join('lobby', c);
    groups.join('hall', b);
    expect(groups.members('lobby')).toEqual([a, b, c]);
    expect(groups.leave('lobby', a)).toBe(true);
    expect(groups.members('lobby')).toEqual([b, c]);
    expect(groups.groups()).toEqual(['lobby', 'hall']);
    expect(groups.members('nowhere')).toEqual([]);
    expect(createGroups().members('lobby')).toEqual([]);
  });

  test('counts an actor as often as it joined', () => {
    const { groups, spawn } = start();
    const a = spawn();
    groups.join('lobby', [a, a]);
    expect(groups.members('lobby')).toEqual([a, a]);
    groups.leave('lobby', a);
    expect(groups.members('lobby')).toEqual([a]);
    groups.leave('lobby', a);
    expect([groups.members('lobby'), groups.groups(), groups.leave('lobby', a)]).toEqual([[], [], false]);
  });

  test('is left by an actor that ends, however it ends, in all of its groups', () => {
    const { kit, system, groups, spawn } = start();
    const ends: ((pid: Pid<Act>) => void)[] = [
      (pid) => system.exit(pid, 'kill'),
      (pid) => void system.send(pid, (self) => self.stop()),
      (pid) =>
        void system.send(pid, () => {
          throw new Error('x');
        }),
    ];
    for (const end of ends) {
      const pid = spawn();
      groups.join('one', [pid, pid]);
      groups.join('two', pid);
      end(pid);
      kit.run();
      expect(groups.groups()).toEqual([]);
    }
  });

  test('does not take an actor that has ended, nor those that were to join with it', () => {
    const { system, groups, spawn } = start();
    const [a, b] = [spawn(), spawn()];
    system.exit(b, 'kill');
    expect(() => groups.join('lobby', [a, b])).toThrow('has ended');
    expect(groups.members('lobby')).toEqual([]);
    expect(() => groups.monitor('lobby', b)).toThrow('has ended');
  });

  test('keeps nothing of an actor that left', () => {
    const { groups, spawn } = start();
    const a = spawn();
    groups.join('lobby', a);
    groups.leave('lobby', a);
    expect((a as unknown as { watchers: unknown }).watchers).toBeNull();
  });
});

describe('a monitor of a group', () => {
  test('returns the members and tells its actor of each join, leave and end from then on', () => {
    const { kit, system, groups, spawn } = start();
    const log: string[] = [];
    const watcher = spawn(log);
    const [a, b] = [spawn(), spawn()];
    groups.join('lobby', a);
    expect(groups.monitor('lobby', watcher).members).toEqual([a]);
    groups.join('lobby', [b, b]);
    groups.join('hall', b);
    groups.leave('lobby', a);
    system.exit(b, 'kill');
    kit.run();
    expect(log.slice(1)).toEqual(['GROUP lobby join 2', 'GROUP lobby leave 1', 'GROUP lobby leave 2']);
  });

  test('that is taken off brings nothing, even what waits already', () => {
    const { kit, groups, spawn } = start();
    const log: string[] = [];
    const { ref } = groups.monitor('lobby', spawn(log));
    groups.join('lobby', spawn());
    groups.demonitor(ref);
    groups.join('lobby', spawn());
    kit.run();
    expect(log).toEqual(['init']);
  });

  test('ends with its actor', () => {
    const { kit, system, groups, spawn } = start();
    const watcher = spawn();
    groups.monitor('lobby', watcher);
    system.exit(watcher, 'kill');
    groups.join('lobby', spawn());
    kit.run();
    expect(system.counters.undelivered).toBe(0);
    expect(groups.members('lobby')).toHaveLength(1);
  });

  test('may be code outside of actors, whose throws are counted', () => {
    const { system, groups, spawn } = start();
    const seen: GroupChange[] = [];
    const { ref } = groups.monitor('lobby', (change) => {
      seen.push(change);
      throw new Error('x');
    });
    const a = spawn();
    groups.join('lobby', a);
    system.exit(a, 'kill');
    expect(seen.map(({ event, pids }) => [event, pids])).toEqual([
      ['join', [a]],
      ['leave', [a]],
    ]);
    expect(seen[0]?.ref).toBe(ref);
    expect(system.counters.hookErrors).toBe(2);
  });
});

test('random joins, leaves and ends are what a model says', () => {
  withSeed((random) => {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 100; round += 1) {
      const { kit, system, groups, spawn } = start();
      const pids = Array.from({ length: 6 }, () => spawn());
      const model = new Map<string, Pid[]>(['x', 'y'].map((group) => [group, []]));
      for (let i = 0; i < 60; i += 1) {
        const [group, pid] = [pick(['x', 'y']), pick(pids)];
        const list = model.get(group) as Pid[];
        const dice = random();
        if (dice < 0.05) {
          system.exit(pid, 'kill');
          for (const [name, members] of model)
            model.set(
              name,
              members.filter((member) => member !== pid),
            );
        } else if (!system.isAlive(pid)) expect(() => groups.join(group, pid)).toThrow('has ended');
        else if (dice < 0.6) {
          groups.join(group, pid);
          list.push(pid);
        } else {
          expect(groups.leave(group, pid)).toBe(list.includes(pid));
          if (list.includes(pid)) list.splice(list.indexOf(pid), 1);
        }
        kit.run();
        for (const [name, members] of model) {
          const ids = (some: readonly Pid[]): number[] => some.map(({ id }) => id).sort((p, q) => p - q);
          expect(ids(groups.members(name))).toEqual(ids(members));
        }
        expect(groups.groups().length).toBe([...model.values()].filter((members) => members.length > 0).length);
      }
    }
  });
});
