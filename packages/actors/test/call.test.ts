import { describe, expect, test } from '@jest/globals';
import { defineBehaviour, type ActorError, type From, type Pid, type Self } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';

function server(trap = false) {
  const kit = createTestSystem();
  const log: string[] = [];
  const pid = kit.system.spawn(recorder, { log, trap });
  return { kit, log, pid };
}

async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    return [(error as ActorError).code, (error as ActorError).reason];
  }
}

describe('a call', () => {
  test('is answered by handleCall, and is one of the messages in the mailbox', async () => {
    const { kit, log, pid } = server();
    kit.system.send(pid, () => void log.push('first'));
    const call = outcome(kit.system.call(pid, 'hello'));
    kit.system.send(pid, () => void log.push('last'));
    await kit.settle();
    expect(await call).toBe('hello');
    expect(log).toEqual(['init', 'first', 'call hello', 'last']);
  });

  test('may be answered later, by anybody', async () => {
    const { kit, pid } = server();
    let kept: From | undefined;
    const call = outcome(kit.system.call(pid, (_self: Self<Act>, from: From) => void (kept = from)));
    kit.run();
    const other = kit.system.spawn(recorder, { log: [] });
    kit.system.send(other, (self) => void self.reply(kept as From, 42));
    await kit.settle();
    expect(await call).toBe(42);
  });

  test('that is answered twice takes the first reply, and the second is told', async () => {
    const { kit, pid } = server();
    const told: boolean[] = [];
    const call = outcome(
      kit.system.call(pid, (self: Self<Act>, from: From) => void told.push(self.reply(from, 1), self.reply(from, 2))),
    );
    await kit.settle();
    expect(await call).toBe(1);
    expect(told).toEqual([true, false]);
  });

  test('fails with timeout at its time, not before, and a late reply is dropped', async () => {
    const { kit, pid } = server();
    let kept: From | undefined;
    let settled: unknown;
    void outcome(kit.system.call(pid, (_self: Self<Act>, from: From) => void (kept = from), 250)).then(
      (value) => (settled = value),
    );
    await kit.advanceAsync(249);
    expect(settled).toBeUndefined();
    await kit.advanceAsync(1);
    expect(settled).toEqual(['timeout', 'timeout']);
    expect(kit.system.reply(kept as From, 1)).toBe(false);
  });

  test('fails with the exit reason when the callee ends first', async () => {
    const { kit, pid } = server();
    const call = outcome(
      kit.system.call(pid, () => {
        throw new Error('oops');
      }),
    );
    await kit.settle();
    expect(await call).toEqual(['exit', { error: new Error('oops') }]);
  });

  test.each(['ended', 'nobody'])('fails with noproc when there is no callee (%s)', async (kind) => {
    const { kit, pid } = server();
    kit.system.exit(pid, 'kill');
    expect(await outcome(kit.system.call(kind === 'ended' ? pid : 'nobody', 1))).toEqual(['noproc', 'noproc']);
  });

  test('to a behaviour without handleCall fails and does not harm the callee', async () => {
    const { kit } = server();
    const probe = kit.probe();
    const call = outcome(kit.system.call(probe.pid, 1));
    await kit.settle();
    expect(await call).toEqual(['no_handler', 'no_handler']);
    expect(kit.system.isAlive(probe.pid)).toBe(true);
  });

  test('awaited in an async handler gets the reply there; unanswered it fails that handler', async () => {
    const { kit, pid, log } = server();
    const client = kit.system.spawn(recorder, { log });
    kit.system.send(client, async (self) => void log.push(String(await self.call(pid, 'ping'))));
    await kit.settle();
    expect(log).toContain('ping');
    kit.system.send(client, async (self) => void (await self.call('nobody', 1)));
    await kit.settle();
    expect(kit.system.isAlive(client)).toBe(false);
    expect(kit.crashes).toHaveLength(1);
  });

  test('whose failure nobody looks at brings no unhandled rejection', async () => {
    const seen: unknown[] = [];
    const note = (error: unknown): void => void seen.push(error);
    process.on('unhandledRejection', note);
    const { kit, pid } = server();
    kit.system.send(pid, (self) => void self.call('nobody', 1));
    void kit.system.call('nobody', 1);
    await kit.settle();
    await new Promise((done) => setImmediate(done));
    process.off('unhandledRejection', note);
    expect(seen).toEqual([]);
  });
});

describe('a request', () => {
  const ask =
    (to: Pid, what: unknown, ms?: number): Act =>
    (self) =>
      void self.sendRequest(to, what, ms);

  test('brings its answer, or why there is none, as a message', async () => {
    const { kit, pid } = server();
    const log: string[] = [];
    const client = kit.system.spawn(recorder, { log });
    const does = (act: Act): void => {
      kit.system.send(client, act);
      kit.run();
    };
    does(ask(pid, 'hi'));
    does(ask(kit.probe().pid, 'hi'));
    does(ask(pid, () => undefined, 100));
    kit.advance(100);
    does(
      ask(pid, () => {
        throw new Error('x');
      }),
    );
    does(ask(pid, 'gone'));
    expect(log).toEqual([
      'init',
      'REPLY hi',
      'REPLY failed no_handler',
      'REPLY failed timeout',
      'REPLY failed error:x',
      'REPLY failed noproc',
    ]);
  });

  test('of an actor that has ended is forgotten', () => {
    const { kit, pid } = server();
    const client = kit.system.spawn(recorder, { log: [] });
    kit.system.send(
      client,
      ask(pid, () => undefined),
    );
    kit.run();
    kit.system.exit(client, 'kill');
    expect(kit.system.nextTimerAt).toBe(Infinity);
  });
});

describe('a bounded mailbox', () => {
  const slow = defineBehaviour<string[], string[], string>({
    name: 'slow',
    version: '1',
    init: (got) => got,
    handleMessage: (message, got) => void got.push(message),
    handleCall: (request, _got, self, from) => void self.reply(from, request),
  });

  test.each([
    ['reject', [true, true, false], ['1', '2'], ['overloaded', 'overloaded']],
    ['dropNewest', [true, true, true], ['1', '2'], ['overloaded', 'overloaded']],
    ['dropOldest', [true, true, true], ['3'], 'call'],
  ] as const)('with policy %s', async (policy, taken, handled, called) => {
    const kit = createTestSystem();
    const got: string[] = [];
    const pid = kit.system.spawn(slow, got, { mailbox: { maxMessages: 2, policy } });
    expect(['1', '2', '3'].map((message) => kit.system.send(pid, message))).toEqual(taken);
    expect(kit.system.info(pid)).toMatchObject({ depth: 2, dropped: 1 });
    const call = outcome(kit.system.call(pid, 'call'));
    await kit.settle();
    expect(got).toEqual(handled);
    expect(await call).toEqual(called);
  });

  test('fails the call that it throws away', async () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(slow, [], { mailbox: { maxMessages: 1, policy: 'dropOldest' } });
    const call = outcome(kit.system.call(pid, 'call'));
    kit.system.send(pid, 'newer');
    expect(await call).toEqual(['overloaded', 'overloaded']);
  });

  test('never refuses an info', () => {
    const kit = createTestSystem();
    const log: string[] = [];
    const pid = kit.system.spawn(recorder, { log, trap: true }, { mailbox: { maxMessages: 1 } });
    kit.system.send(pid, (self) => void self.monitor('nobody'));
    kit.run();
    for (let i = 0; i < 5; i += 1) kit.system.send(pid, () => undefined);
    kit.system.exit(pid, 'away');
    kit.run();
    expect(log).toEqual(['init', 'DOWN noproc', 'EXIT away']);
  });

  test.each([
    [{ maxMessages: 0 }, 'maxMessages'],
    [{ policy: 'wait' }, 'policy'],
    [{ size: 3 }, 'size'],
  ])('refuses wrong options (%#)', (mailbox, word) => {
    expect(() => createTestSystem().system.spawn(slow, [], { mailbox: mailbox as never })).toThrow(word);
  });
});
