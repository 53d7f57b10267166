import { describe, expect, test } from '@jest/globals';
import { defineBehaviour, startChild, supervisor, whichChildren, type Pid } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';

const note =
  (word: string): Act =>
  (_self, log) =>
    void log.push(word);

function start() {
  const kit = createTestSystem();
  const log: string[] = [];
  const pid = kit.system.spawn(recorder, { log, trap: true });
  log.length = 0;
  return { kit, system: kit.system, log, pid };
}

describe('a suspended actor', () => {
  test('handles no message, call, info or timer until it is resumed, then all of them in their order', async () => {
    const { kit, system, log, pid } = start();
    await system.suspend(pid);
    const peer = system.spawn(recorder, { log: [] });
    system.send(peer, (self) => self.link(pid));
    system.send(pid, note('one'));
    system.sendAfter(10, pid, note('after 10 ms'));
    const answer = system.call(pid, 'call', Infinity);
    kit.advance(20);
    system.exit(peer, 'kill');
    kit.run();
    expect(log).toEqual([]);
    expect(system.info(pid)).toMatchObject({ status: 'suspended', depth: 4 });
    await system.resume(pid);
    kit.run();
    await answer;
    expect(log).toEqual(['one', 'call call', 'after 10 ms', 'EXIT killed']);
  });

  test('gets an explicit exit when it is resumed, in front of the messages', async () => {
    const { kit, system, log, pid } = start();
    await system.suspend(pid);
    system.send(pid, note('message'));
    system.exit(pid, 'please');
    kit.run();
    expect(log).toEqual([]);
    await system.resume(pid);
    kit.run();
    expect(log).toEqual(['EXIT please', 'message']);
  });

  test('is ended by its parent and by kill all the same', async () => {
    const { kit, system } = start();
    const log: string[] = [];
    const children: Pid[] = [];
    const parent = system.spawn(recorder, {
      log: [],
      init: (self) => void children.push(self.spawnLink(recorder, { log, trap: true })),
    });
    await system.suspend(children[0] as Pid);
    system.exit(parent, 'shutdown');
    kit.run();
    expect(log).toEqual(['init', 'terminate shutdown']);
    const other = system.spawn(recorder, { log: [] });
    await system.suspend(other);
    system.exit(other, 'kill');
    expect(system.isAlive(other)).toBe(false);
  });

  test('changes its code', async () => {
    const { kit, system, log, pid } = start();
    await system.suspend(pid);
    system.send(pid, note('message'));
    expect(await system.changeCode(pid, { ...recorder, version: '2' })).toEqual({ changed: true });
    kit.run();
    expect([log, system.info(pid)?.version]).toEqual([[], '2']);
  });

  test('may be suspended twice, and resumed when it is not', async () => {
    const { kit, system, log, pid } = start();
    await system.resume(pid);
    await system.suspend(pid);
    await system.suspend(pid);
    await system.resume(pid);
    system.send(pid, note('message'));
    kit.run();
    expect(log).toEqual(['message']);
  });

  test('finishes the callback it is in first, async ones too', async () => {
    const { kit, system, log, pid } = start();
    let release = (): void => undefined;
    system.send(pid, async (_self, l) => {
      await new Promise<void>((done) => (release = done));
      l.push('finished');
    });
    system.send(pid, note('next'));
    await kit.settle();
    const suspended = system.suspend(pid);
    release();
    await suspended;
    await kit.settle();
    expect(log).toEqual(['finished']);
  });

  test('that is a supervisor restarts nobody until it is resumed, and ends its children when it is told to end', async () => {
    const kit = createTestSystem();
    const top = kit.system.spawn(
      supervisor({
        strategy: 'simple_one_for_one',
        intensity: 9,
        children: [{ id: 'c', behaviour: recorder }],
      }),
      undefined,
    );
    const first = startChild(top, { log: [] });
    await kit.system.suspend(top);
    kit.system.exit(first, 'kill');
    kit.run();
    expect(kit.system.actorCount).toBe(1);
    await kit.system.resume(top);
    kit.run();
    expect(kit.system.isAlive(whichChildren(top)[0]?.pid as Pid)).toBe(true);
    await kit.system.suspend(top);
    kit.system.exit(top, 'shutdown');
    kit.run();
    expect(kit.system.actorCount).toBe(0);
  });
});

describe('the control lane', () => {
  const lazy = defineBehaviour<undefined, { seen: number; secret: string }, number>({
    name: 'lazy',
    version: '1',
    init: () => ({ seen: 0, secret: 'alice' }),
    handleMessage: (_n, state) => void (state.seen += 1),
  });

  test('passes 1,000,000 waiting messages within one turn: state, status, suspension, code and exit', async () => {
    const kit = createTestSystem();
    const { system } = kit;
    const pid = system.spawn(lazy, undefined);
    const asked: Promise<unknown>[] = [];
    const rival = system.spawn(recorder, { log: [] });
    for (let i = 0; i < 1_000_000; i += 1) system.send(pid, i);
    // Asked from a callback of the actor that runs before it in the very turn.
    system.send(rival, () => {
      asked.push(system.getState<{ seen: number }>(pid).then(({ seen }) => seen));
      asked.push(system.changeCode(pid, { ...lazy, version: '2' }));
      asked.push(system.suspend(pid));
      asked.push(system.getStatus(pid));
    });
    system.runTurn();
    expect(system.info(pid)?.depth).toBeGreaterThan(900_000);
    while (asked.length === 0) system.runTurn();
    const [seen, code, , status] = await Promise.all(asked);
    expect(seen).toBeLessThan(10_000);
    expect(code).toEqual({ changed: true });
    expect(status).toMatchObject({ suspended: true, version: '2', stateShape: '{ seen: number, secret: string(5) }' });
    expect(JSON.stringify(status)).not.toContain('alice');
    system.exit(pid, 'shutdown');
    expect(system.isAlive(pid)).toBe(false);
  });

  test('is seen to after the callback that is on the stack, before the next message of the same slot', async () => {
    const { kit, system, log, pid } = start();
    let asked: Promise<unknown> = Promise.resolve();
    system.send(pid, (self, l) => {
      asked = system.suspend(self.pid);
      l.push('first');
    });
    system.send(pid, note('second'));
    kit.run();
    await asked;
    expect(log).toEqual(['first']);
  });

  test('answers noproc for an actor that has ended, or ends before it could answer', async () => {
    const { kit, system, pid } = start();
    system.send(pid, () => new Promise(() => undefined));
    await kit.settle();
    const waiting = [system.getState(pid), system.suspend(pid), system.resume(pid), system.getStatus(pid)];
    system.exit(pid, 'kill');
    for (const one of [...waiting, system.getState(pid), system.suspend(pid)])
      await expect(one).rejects.toMatchObject({ code: 'noproc' });
  });
});
