import { describe, expect, test } from '@jest/globals';
import type { MonitorRef, Pid } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, show, type Act } from './recorder.js';

function pair(options: { trapA?: boolean; trapB?: boolean } = {}) {
  const kit = createTestSystem();
  const log: string[] = [];
  const a = kit.system.spawn(recorder, { log, name: 'a ', trap: options.trapA === true });
  const b = kit.system.spawn(recorder, { log, name: 'b ', trap: options.trapB === true });
  const does = (pid: Pid<Act>, act: Act): void => {
    kit.system.send(pid, act);
    kit.run();
  };
  return { kit, log, a, b, does, alive: () => [kit.system.isAlive(a), kit.system.isAlive(b)] };
}

describe('links', () => {
  test.each([
    ['normal', true],
    ['shutdown', false],
    ['oops', false],
    ['kill', false],
  ] as const)('a linked actor that does not trap, when the other ends with %s: survives %s', (reason, survives) => {
    const { a, b, does, alive } = pair();
    does(a, (self) => self.link(b));
    does(b, (self) => self.stop(reason));
    expect(alive()).toEqual([survives, false]);
  });

  test.each(['normal', 'shutdown', 'oops', 'kill'])('a linked actor that traps gets %s as an info', (reason) => {
    const { log, a, b, does, alive } = pair({ trapA: true });
    does(a, (self) => self.link(b));
    does(b, (self) => self.stop(reason));
    expect(log).toContain(`a EXIT ${reason}`);
    expect(alive()).toEqual([true, false]);
  });

  test('an actor that is killed passes killed on, which can be trapped', () => {
    const { kit, log, a, b, does } = pair({ trapA: true });
    does(a, (self) => self.link(b));
    kit.system.exit(b, 'kill');
    kit.run();
    expect(log).toContain('a EXIT killed');
  });

  test('a link works both ways, whoever made it', () => {
    const { a, b, does, alive } = pair();
    does(a, (self) => self.link(b));
    does(a, (self) => self.stop('oops'));
    expect(alive()).toEqual([false, false]);
  });

  test('linking twice is linking once', () => {
    const { log, a, b, does } = pair({ trapA: true });
    does(a, (self) => {
      self.link(b);
      self.link(b);
    });
    does(b, (self) => self.link(a));
    does(b, (self) => self.stop('oops'));
    expect(log.filter((line) => line === 'a EXIT oops')).toHaveLength(1);
  });

  test('unlink ends it from either side', () => {
    const { a, b, does, alive } = pair();
    does(a, (self) => self.link(b));
    does(b, (self) => self.unlink(a));
    does(b, (self) => self.stop('oops'));
    expect(alive()).toEqual([true, false]);
  });

  test('a link with an actor that has ended brings noproc', () => {
    const { kit, log, a, b, does } = pair({ trapA: true });
    kit.system.exit(b, 'kill');
    does(a, (self) => self.link(b));
    expect(log).toContain('a EXIT noproc');
  });

  test('a link with oneself is nothing', () => {
    const { a, does, alive } = pair();
    does(a, (self) => self.link(self.pid));
    expect(alive()[0]).toBe(true);
  });

  test('what an actor sent before its end arrives before its exit', () => {
    const { log, a, b, does } = pair({ trapA: true });
    does(a, (self) => self.link(b));
    does(b, (self) => {
      self.send(a, (_a: unknown, l: string[]) => void l.push('last words'));
      self.exit('oops');
    });
    expect(log.indexOf('last words')).toBeLessThan(log.indexOf('a EXIT oops'));
    expect(log).toContain('last words');
  });

  test('a chain of 100,000 links falls without a deep stack', () => {
    const kit = createTestSystem();
    const first = kit.system.spawn(recorder, { log: [] });
    let last: Pid<Act> = first;
    for (let i = 1; i < 100_000; i += 1) last = kit.system.spawn(recorder, { log: [] }, { link: last });
    kit.system.exit(first, 'oops');
    expect(kit.system.actorCount).toBe(0);
  });

  test('spawnLink with an init that throws takes the spawner along', () => {
    const { a, does, alive } = pair();
    does(
      a,
      (self) =>
        void self.spawnLink(recorder, {
          log: [],
          init: () => {
            throw new Error('x');
          },
        }),
    );
    expect(alive()[0]).toBe(false);
  });

  test('the exit of the parent terminates an actor that traps, in front of what waits in its mailbox', () => {
    const { kit, log, a, does } = pair();
    let child: Pid<Act> | undefined;
    does(a, (self) => void (child = self.spawnLink(recorder, { log, name: 'child ', trap: true })));
    for (let i = 0; i < 1_000; i += 1) kit.system.send(child as Pid<Act>, () => void log.push('message'));
    kit.system.exit(a, 'shutdown');
    kit.run();
    expect(log).toContain('child terminate shutdown');
    expect(log).not.toContain('message');
  });
});

describe('monitors', () => {
  test.each(['normal', 'shutdown', 'oops'])('bring the reason %s once, and do not end the watcher', (reason) => {
    const { log, a, b, does, alive } = pair();
    does(a, (self) => void self.monitor(b));
    does(b, (self) => self.stop(reason));
    expect(log.filter((line) => line.startsWith('a DOWN'))).toEqual([`a DOWN ${reason}`]);
    expect(alive()[0]).toBe(true);
  });

  test('go one way only', () => {
    const { log, a, b, does, alive } = pair();
    does(a, (self) => void self.monitor(b));
    does(a, (self) => self.stop('oops'));
    expect(alive()[1]).toBe(true);
    expect(log.join()).not.toContain('b DOWN');
  });

  test('stack: each brings its own Down', () => {
    const { log, a, b, does } = pair();
    does(a, (self) => {
      self.monitor(b);
      self.monitor(b);
    });
    does(b, (self) => self.stop());
    expect(log.filter((line) => line === 'a DOWN normal')).toHaveLength(2);
  });

  test('of an actor that has ended, or a name that nobody has, bring noproc', () => {
    const { kit, log, a, b, does } = pair();
    kit.system.exit(b, 'kill');
    does(a, (self) => {
      self.monitor(b);
      self.monitor('nobody');
    });
    expect(log.filter((line) => line === 'a DOWN noproc')).toHaveLength(2);
  });

  test('that are taken off bring nothing, even when the Down waits already', () => {
    const { kit, log, a, b, does } = pair();
    let ref: MonitorRef | undefined;
    does(a, (self) => void (ref = self.monitor(b)));
    kit.system.send(a, (self) => self.demonitor(ref as MonitorRef));
    kit.system.exit(b, 'oops');
    kit.run();
    expect(log.join()).not.toContain('DOWN');
  });

  test('spawnMonitor watches from the first moment on', () => {
    const { log, a, does } = pair();
    does(
      a,
      (self) =>
        void self.spawnMonitor(recorder, {
          log: [],
          init: () => {
            throw new Error('early');
          },
        }),
    );
    expect(log).toContain('a DOWN error:early');
  });

  test('from outside of actors call back once; a throw in there is counted and harms nobody', () => {
    const { kit, b, does } = pair();
    const reasons: string[] = [];
    kit.system.monitor(b, () => {
      throw new Error('mine');
    });
    kit.system.monitor(b, (down) => reasons.push(show(down.reason)));
    does(b, (self) => self.stop());
    kit.system.monitor(b, (down) => reasons.push(show(down.reason)));
    expect(reasons).toEqual(['normal', 'noproc']);
    expect(kit.system.counters.hookErrors).toBe(1);
    expect(kit.system.lastHookError).toEqual(new Error('mine'));
  });

  test('are forgotten with their watcher', () => {
    const { kit, a, b, does } = pair();
    does(a, (self) => void self.monitor(b));
    expect(kit.system.info(b)?.monitors).toBe(1);
    kit.system.exit(a, 'kill');
    expect(kit.system.info(b)?.monitors).toBe(0);
  });
});

describe('registered names', () => {
  test('stand for the actor in send, call and monitor, and are free when it has ended', async () => {
    const { kit } = pair();
    const log: string[] = [];
    const pid = kit.system.spawn(recorder, { log }, { name: 'one' });
    expect(kit.system.whereis('one')).toBe(pid);
    expect(() => kit.system.spawn(recorder, { log }, { name: 'one' })).toThrow('one');
    const reply = kit.system.call('one', 7);
    await kit.settle();
    await expect(reply).resolves.toBe(7);
    kit.system.exit(pid, 'kill');
    expect(kit.system.whereis('one')).toBeUndefined();
    expect(kit.system.send('one', 1)).toBe(false);
    expect(kit.system.counters.undelivered).toBe(1);
    kit.system.spawn(recorder, { log }, { name: 'one' });
  });
});
