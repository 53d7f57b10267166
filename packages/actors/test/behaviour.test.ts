import { describe, expect, test } from '@jest/globals';
import { ActorError, defineBehaviour, type ExitReason } from '../src/index.js';
import { createTestSystem, type TestSystem } from '../src/test-kit.js';
import { recorder, show, type Act, type RecorderArg } from './recorder.js';

function start(kit: TestSystem, arg: Partial<RecorderArg> = {}) {
  const log: string[] = [];
  const watcher = kit.probe();
  const pid = kit.system.spawn(recorder, { log, ...arg }, { monitor: watcher.pid });
  const does = (act: Act): void => {
    kit.system.send(pid, act);
    kit.run();
  };
  return {
    pid,
    log,
    does,
    /** The reasons with which it ended: none or one. */
    reasons(): ExitReason[] {
      kit.run();
      return watcher.infos.map((info) => (info.type === 'DOWN' ? info.reason : 'not a Down'));
    },
  };
}

describe('the callbacks of a behaviour, after gen_server', () => {
  interface Row {
    rule: string;
    arg?: Partial<RecorderArg>;
    act?: Act;
    signal?: ExitReason;
    log: string[];
    ends?: string;
    crashes?: number;
  }
  const rows: Row[] = [
    { rule: 'init runs within spawn, before any message', log: ['init'] },
    {
      rule: 'an init that throws ends the actor with the error, and terminate is not called',
      arg: {
        init: () => {
          throw new Error('no');
        },
      },
      log: ['init'],
      ends: 'error:no',
      crashes: 1,
    },
    {
      rule: 'an init that exits normally ends the actor without a crash report',
      arg: { init: (self) => self.exit('normal') },
      log: ['init'],
      ends: 'normal',
    },
    {
      rule: 'a stop in init lets init finish and then terminates',
      arg: { init: (self) => self.stop('shutdown') },
      log: ['init', 'terminate shutdown'],
      ends: 'shutdown',
    },
    {
      rule: 'a handler that throws ends the actor with the error, after terminate',
      act: () => {
        throw new Error('oops');
      },
      log: ['init', 'terminate error:oops'],
      ends: 'error:oops',
      crashes: 1,
    },
    {
      rule: 'a thrown value that is no Error is kept as it is',
      act: () => {
        throw 'text';
      },
      log: ['init', 'terminate error:text'],
      ends: 'error:text',
      crashes: 1,
    },
    {
      rule: 'exit leaves the handler at once',
      act: (self, log) => {
        self.exit('done');
        log.push('after');
      },
      log: ['init', 'terminate done'],
      ends: 'done',
      crashes: 1,
    },
    {
      rule: 'exit with normal is no crash',
      act: (self) => self.exit('normal'),
      log: ['init', 'terminate normal'],
      ends: 'normal',
    },
    {
      rule: 'exit with { shutdown } is no crash',
      act: (self) => self.exit({ shutdown: 1 }),
      log: ['init', 'terminate shutdown:1'],
      ends: 'shutdown:1',
    },
    {
      rule: 'stop lets the handler finish',
      act: (self, log) => {
        self.stop('normal');
        log.push('after');
      },
      log: ['init', 'after', 'terminate normal'],
      ends: 'normal',
    },
    {
      rule: 'the first stop counts',
      act: (self) => {
        self.stop('normal');
        self.stop('other');
      },
      log: ['init', 'terminate normal'],
      ends: 'normal',
    },
    {
      rule: 'stop with another reason is a crash',
      act: (self) => self.stop('broken'),
      log: ['init', 'terminate broken'],
      ends: 'broken',
      crashes: 1,
    },
    {
      rule: 'terminate that throws replaces the reason',
      arg: {
        terminate: () => {
          throw new Error('late');
        },
      },
      act: (self) => self.stop('normal'),
      log: ['init', 'terminate normal'],
      ends: 'error:late',
      crashes: 1,
    },
    {
      rule: 'terminate that exits replaces the reason',
      arg: { terminate: (_r, self) => self.exit('shutdown') },
      act: (self) => self.stop('normal'),
      log: ['init', 'terminate normal'],
      ends: 'shutdown',
    },
    { rule: 'an untrapped signal ends the actor without terminate', signal: 'away', log: ['init'], ends: 'away' },
    {
      rule: 'shutdown ends an actor that does not trap, without terminate',
      signal: 'shutdown',
      log: ['init'],
      ends: 'shutdown',
    },
    { rule: 'a normal signal of another is ignored', signal: 'normal', log: ['init'] },
    { rule: 'kill ends with killed', signal: 'kill', log: ['init'], ends: 'killed' },
    { rule: 'kill is not trapped', arg: { trap: true }, signal: 'kill', log: ['init'], ends: 'killed' },
    { rule: 'a trapped signal is an info', arg: { trap: true }, signal: 'away', log: ['init', 'EXIT away'] },
    { rule: 'a trapped normal signal is an info', arg: { trap: true }, signal: 'normal', log: ['init', 'EXIT normal'] },
    {
      rule: 'a normal signal to oneself ends',
      act: (self) => self.exit(self.pid, 'normal'),
      log: ['init'],
      ends: 'normal',
    },
    {
      rule: 'a kill of oneself ends after the handler, without terminate',
      act: (self, log) => {
        self.exit(self.pid, 'kill');
        log.push('after');
      },
      log: ['init', 'after'],
      ends: 'killed',
    },
    {
      rule: 'a signal goes before a throw of the same handler',
      act: (self) => {
        self.exit(self.pid, 'kill');
        throw new Error('x');
      },
      log: ['init'],
      ends: 'killed',
    },
  ];
  test.each(rows)('$rule', ({ arg, act, signal, log, ends, crashes = 0 }) => {
    const kit = createTestSystem();
    const actor = start(kit, arg);
    if (act) actor.does(act);
    if (signal) kit.system.exit(actor.pid, signal);
    kit.run();
    expect(actor.log).toEqual(log);
    expect(actor.reasons().map(show)).toEqual(ends === undefined ? [] : [ends]);
    expect(kit.system.isAlive(actor.pid)).toBe(ends === undefined);
    expect(kit.crashes).toHaveLength(crashes);
  });

  test('messages of one sender are handled in order, one at a time', () => {
    const kit = createTestSystem();
    const { pid, log } = start(kit);
    for (let i = 0; i < 100; i += 1) kit.system.send(pid, () => void log.push(String(i)));
    kit.run();
    expect(log.slice(1)).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });

  test('what a handler returns is the next state, and undefined keeps it', () => {
    const kit = createTestSystem();
    const seen: number[] = [];
    const counter = defineBehaviour<number, number, number>({
      name: 'counter',
      version: '1',
      init: (n) => n,
      handleMessage(step, n) {
        seen.push(n);
        if (step !== 0) return n + step;
      },
    });
    const pid = kit.system.spawn(counter, 5);
    for (const step of [1, 0, 2, 0]) kit.system.send(pid, step);
    kit.run();
    expect(seen).toEqual([5, 6, 6, 8]);
  });

  test('an async handler keeps its own later messages waiting and nobody else', async () => {
    const kit = createTestSystem();
    const one = start(kit);
    const other = start(kit);
    let release = (): void => undefined;
    kit.system.send(one.pid, async (_self, log) => {
      log.push('begins');
      await new Promise<void>((done) => (release = done));
      log.push('ends');
    });
    kit.system.send(one.pid, (_self, log) => void log.push('second'));
    kit.system.send(other.pid, (_self, log) => void log.push('other'));
    await kit.settle();
    expect(one.log).toEqual(['init', 'begins']);
    expect(other.log).toEqual(['init', 'other']);
    expect(kit.system.info(one.pid)).toMatchObject({ status: 'awaiting', depth: 1, handled: 0 });
    release();
    await kit.settle();
    expect(one.log).toEqual(['init', 'begins', 'ends', 'second']);
    expect(kit.system.info(one.pid)).toMatchObject({ status: 'waiting', depth: 0, handled: 2, received: 2 });
  });

  test('an async handler that rejects is a crash with that error', async () => {
    const kit = createTestSystem();
    const { pid, log, reasons } = start(kit);
    kit.system.send(pid, async () => {
      await Promise.resolve();
      throw new Error('later');
    });
    await kit.settle();
    expect(log).toEqual(['init', 'terminate error:later']);
    expect(reasons().map(show)).toEqual(['error:later']);
  });

  test.each(['init', 'handler', 'terminate'] as const)(
    'an async %s that never settles ends its actor with timeout',
    async (where) => {
      const kit = createTestSystem({ handlerTimeoutMs: 1_000 });
      const never = new Promise<void>(() => undefined);
      const { pid, reasons } = start(
        kit,
        where === 'init' ? { init: () => never } : where === 'terminate' ? { terminate: () => never } : {},
      );
      if (where === 'handler') kit.system.send(pid, () => never);
      if (where === 'terminate') kit.system.send(pid, (self) => self.stop());
      await kit.advanceAsync(999);
      expect(kit.system.isAlive(pid)).toBe(true);
      await kit.advanceAsync(1);
      expect(reasons()).toEqual(['timeout']);
      expect(kit.crashes.map((report) => report.phase)).toEqual([where]);
    },
  );

  test('what settles after the actor has ended changes nothing', async () => {
    const kit = createTestSystem();
    let release = (): void => undefined;
    const { pid, reasons, log } = start(kit);
    kit.system.send(pid, () => new Promise<void>((done) => (release = done)));
    await kit.settle();
    kit.system.exit(pid, 'kill');
    release();
    await kit.settle();
    expect(reasons()).toEqual(['killed']);
    expect(log).toEqual(['init']);
  });

  test('an async handler whose actor has ended can do nothing in its name any more', async () => {
    const kit = createTestSystem();
    const probe = kit.probe();
    const { pid } = start(kit);
    let release = (): void => undefined;
    let done: Promise<unknown[]> | undefined;
    kit.system.send(pid, (self) => {
      const after = async (): Promise<unknown[]> => {
        await new Promise<void>((resume) => (release = resume));
        const attempt = (what: () => unknown): unknown => {
          try {
            return what();
          } catch (error) {
            return error instanceof ActorError ? error.code : error;
          }
        };
        return [
          attempt(() => self.send(probe.pid, 'from the dead')),
          attempt(() => self.spawn(recorder, { log: [] })),
          attempt(() => self.spawnLink(recorder, { log: [] })),
          attempt(() => self.spawnMonitor(recorder, { log: [] })),
          attempt(() => self.monitor(probe.pid)),
          attempt(() => self.link(probe.pid)),
          attempt(() => self.sendAfter(1, 'late', probe.pid)),
          attempt(() => self.startTimer(1, 'late')),
          attempt(() => typeof self.sendRequest(probe.pid, 'x')),
          await self.call(probe.pid, 'x').catch((error: ActorError) => error.code),
        ];
      };
      done = after();
      return done as Promise<never>;
    });
    await kit.settle();
    kit.system.exit(pid, 'kill');
    const { spawned } = kit.system.counters;
    release();
    expect(await done).toEqual([false, ...Array.from({ length: 7 }, () => 'noproc'), 'object', 'noproc']);
    kit.advance(10);
    expect(kit.system.counters.spawned).toBe(spawned);
    expect(kit.system.info(probe.pid)).toMatchObject({ monitors: 0, links: 0, received: 0 });
  });

  test('messages sent during an async init wait for it', async () => {
    const kit = createTestSystem();
    let release = (): void => undefined;
    const { pid, log } = start(kit, { init: () => new Promise<void>((done) => (release = done)) });
    kit.system.send(pid, () => void log.push('message'));
    await kit.settle();
    expect(kit.system.info(pid)?.status).toBe('starting');
    expect(log).toEqual(['init']);
    release();
    await kit.settle();
    expect(log).toEqual(['init', 'message']);
  });

  test('an async terminate is waited for, then the others hear of the end', async () => {
    const kit = createTestSystem();
    let release = (): void => undefined;
    const { pid, reasons } = start(kit, { terminate: () => new Promise<void>((done) => (release = done)) });
    kit.system.send(pid, (self) => self.stop('shutdown'));
    await kit.settle();
    expect(reasons()).toEqual([]);
    expect(kit.system.info(pid)?.status).toBe('terminating');
    release();
    await kit.settle();
    expect(reasons()).toEqual(['shutdown']);
  });

  test.each([
    [{ name: '', version: '1', init: () => 0, handleMessage: () => 0 }, 'name'],
    [{ name: 'x', init: () => 0, handleMessage: () => 0 }, 'version'],
    [{ name: 'x', version: '1', handleMessage: () => 0 }, 'init'],
    [{ name: 'x', version: '1', init: () => 0, handleMessage: () => 0, terminate: 3 }, 'terminate'],
  ])('a behaviour that lacks or misspells a member is refused by that name (%#)', (wrong, member) => {
    expect(() => defineBehaviour(wrong as never)).toThrow(ActorError);
    expect(() => defineBehaviour(wrong as never)).toThrow(member);
  });
});

describe('a crash report', () => {
  test('names behaviour, version, depth and the shape of the last message, never its content', () => {
    const kit = createTestSystem();
    const secret = defineBehaviour<undefined, number, { body: Uint8Array; text: string }>({
      name: 'secret',
      version: '7',
      init: () => 0,
      handleMessage() {
        throw new Error('bad');
      },
    });
    const pid = kit.system.spawn(secret, undefined, { name: 'it', class: 'service' });
    for (let i = 0; i < 3; i += 1) kit.system.send(pid, { body: new Uint8Array(9), text: 'hush' });
    kit.run();
    const [report] = kit.crashes;
    expect(report).toMatchObject({
      name: 'it',
      behaviour: 'secret',
      version: '7',
      class: 'service',
      phase: 'handler',
      depth: 2,
      received: 3,
      handled: 1,
      lastMessage: '{ body: bytes(9), text: string(4) }',
    });
    expect(report?.stack).toContain('behaviour.test.ts');
    expect(JSON.stringify(report)).not.toContain('hush');
  });

  test('of an async handler has the shape of the message in hand', async () => {
    const kit = createTestSystem();
    const failing = defineBehaviour<undefined, number, object>({
      name: 'f',
      version: '1',
      init: () => 0,
      handleMessage: () => Promise.reject(new Error('x')),
    });
    kit.system.send(kit.system.spawn(failing, undefined), { a: 1 });
    await kit.settle();
    expect(kit.crashes[0]?.lastMessage).toBe('{ a: number }');
  });
});

test('cast brings a message as send does, from an actor and from outside', () => {
  const kit = createTestSystem();
  const probe = kit.probe<string>();
  kit.system.spawn(
    defineBehaviour<undefined, null, never>({
      name: 'caster',
      version: '1',
      init: (_arg, self) => {
        self.cast(probe.pid, 'from an actor');
        return null;
      },
      handleMessage: () => undefined,
    }),
    undefined,
  );
  expect(kit.system.cast(probe.pid, 'from outside')).toBe(true);
  expect(kit.system.cast('nobody', 'x')).toBe(false);
  kit.run();
  expect(probe.messages).toEqual(['from an actor', 'from outside']);
});
