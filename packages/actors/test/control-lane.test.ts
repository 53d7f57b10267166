import { describe, expect, test } from '@jest/globals';
import { defineBehaviour, supervisor, whichChildren, type Pid } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, show } from './recorder.js';

const waiting = 1_000_000;

/** Traps exits and logs what of them it sees; its messages cost it nothing. */
const trapping = defineBehaviour<string[], string[], number>({
  name: 'trapping',
  version: '1',
  init(log, self) {
    self.trapExit(true);
    return log;
  },
  handleMessage: () => undefined,
  handleInfo: (info, log) => void (info.type === 'EXIT' && log.push(`EXIT ${show(info.reason)}`)),
  terminate: (reason, log) => void log.push(`terminate ${show(reason)}`),
});

function fill(kit: ReturnType<typeof createTestSystem>, pid: Pid): void {
  for (let i = 0; i < waiting; i += 1) kit.system.send(pid as Pid<number>, i);
}

describe(`with ${waiting.toLocaleString('en')} messages waiting, within one turn`, () => {
  test('an actor that traps exits sees an explicit exit, of code outside and of another actor', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const pid = kit.system.spawn(trapping, log);
    const rival = kit.system.spawn(recorder, { log: [] });
    kit.system.send(rival, (self) => self.exit(pid, 'from an actor'));
    fill(kit, pid);
    kit.system.exit(pid, 'from outside');
    kit.system.runTurn();
    expect(log).toEqual(['EXIT from outside', 'EXIT from an actor']);
    expect(kit.system.info(pid)?.depth).toBeGreaterThan(900_000);
    kit.system.exit(pid, 'kill');
  });

  test.each(['shutdown', 'oops', 'normal'])(
    'an actor that traps exits is ended by its parent with %s, after terminate',
    (reason) => {
      const kit = createTestSystem();
      const log: string[] = [];
      const children: Pid[] = [];
      const parent = kit.system.spawn(recorder, {
        log: [],
        init: (self) => void children.push(self.spawnLink(trapping, log)),
      });
      fill(kit, children[0] as Pid);
      kit.system.send(parent, (self) => self.stop(reason));
      kit.system.runTurn();
      expect(log).toEqual([`terminate ${reason}`]);
      expect(kit.system.isAlive(children[0] as Pid)).toBe(false);
    },
  );

  test('a supervisor starts a crashed child again, and is told to end', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const child = { id: 'child', behaviour: recorder, arg: { log } };
    const top = kit.system.spawn(supervisor({ strategy: 'one_for_one', children: [child] }), undefined);
    const first = whichChildren(top)[0]?.pid as Pid<unknown>;
    fill(kit, top);
    kit.system.exit(first, 'oops');
    kit.system.runTurn();
    expect(log).toEqual(['init', 'init']);
    expect(kit.system.isAlive(whichChildren(top)[0]?.pid as Pid)).toBe(true);
    expect(kit.system.info(top)?.depth).toBeGreaterThan(900_000);
    kit.system.exit(top, 'shutdown');
    kit.system.runTurn();
    expect(kit.system.actorCount).toBe(0);
  });
});
