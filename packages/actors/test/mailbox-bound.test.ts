import { describe, expect, test } from '@jest/globals';
import type { MailboxOptions } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { withSeed } from './random.js';
import { recorder, type Act } from './recorder.js';

/** A message with a size; handled, it leaves its name. */
function note(name: string, bytes = 1): Act & { bytes: number } {
  return Object.assign(((_self, log) => void log.push(name)) as Act, { bytes });
}

const sizeOf = (message: unknown): number => (message as { bytes?: number }).bytes ?? String(message).length;

function start(mailbox: MailboxOptions) {
  const kit = createTestSystem();
  const log: string[] = [];
  const pid = kit.system.spawn(recorder, { log, trap: true }, { mailbox });
  log.length = 0;
  const { system } = kit;
  return { kit, system, log, pid, info: () => system.info(pid) };
}

const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (reply) => reply,
    (error: { code: string }) => error.code,
  );

describe('a mailbox bounded by bytes', () => {
  test('takes what fits, by the size that sizeOf tells, and knows how much waits', () => {
    const { kit, system, log, pid, info } = start({ maxBytes: 10, sizeOf });
    expect([6, 4, 1].map((bytes) => system.send(pid, note(`${bytes}`, bytes)))).toEqual([true, true, false]);
    expect(info()).toMatchObject({ depth: 2, bytes: 10, dropped: 1, received: 2 });
    kit.run();
    expect(log).toEqual(['6', '4']);
    expect(info()).toMatchObject({ depth: 0, bytes: 0, handled: 2 });
    expect(system.send(pid, note('ten', 10))).toBe(true);
  });

  test('counts the request of a call', async () => {
    const { kit, system, pid } = start({ maxBytes: 10, sizeOf });
    const calls = ['123456', '123456', '1234'].map((request) => code(system.call(pid, request)));
    kit.run();
    expect(await Promise.all(calls)).toEqual(['123456', 'overloaded', '1234']);
  });

  test.each(['reject', 'dropNewest', 'dropOldest', 'block'] as const)(
    'never takes a message that is larger than the bound by itself, and drops nothing for it (%s)',
    async (policy) => {
      const { kit, system, log, pid } = start({ maxBytes: 10, sizeOf, policy });
      system.send(pid, note('small'));
      expect(system.send(pid, note('large', 11))).toBe(policy === 'dropNewest');
      expect(await code(system.call(pid, '12345678901'))).toBe('overloaded');
      kit.run();
      expect(log).toEqual(['small']);
    },
  );

  test('with dropOldest makes as much room as it takes', () => {
    const { kit, system, log, pid, info } = start({ maxBytes: 10, sizeOf, policy: 'dropOldest' });
    for (const [name, bytes] of Object.entries({ a: 3, b: 3, c: 3, d: 5 })) system.send(pid, note(name, bytes));
    expect(info()).toMatchObject({ depth: 2, bytes: 8, dropped: 2 });
    kit.run();
    expect(log).toEqual(['c', 'd']);
  });

  test('does not take a message whose size cannot be told, and counts the error', () => {
    const sizes: unknown[] = [Number.NaN, -1, 'three', Infinity];
    const { system, pid } = start({
      maxBytes: 10,
      sizeOf: () => {
        if (sizes.length === 0) throw new Error('no size');
        return sizes.shift() as number;
      },
    });
    expect(Array.from({ length: 5 }, () => system.send(pid, note('x')))).toEqual(Array(5).fill(false));
    expect(system.counters.hookErrors).toBe(4);
  });

  test.each([
    [{ maxBytes: 10 }, 'sizeOf'],
    [{ sizeOf }, 'maxBytes'],
    [{ maxBytes: 0, sizeOf }, 'maxBytes'],
    [{ maxBytes: 1, sizeOf: 3 }, 'sizeOf'],
  ])('refuses options that are wrong (%#)', (mailbox, word) => {
    expect(() => start(mailbox as never)).toThrow(word);
  });
});

describe('infos', () => {
  test('get into a full mailbox, take no room, and are not dropped to make some', async () => {
    for (const policy of ['reject', 'dropOldest'] as const) {
      const { kit, system, pid, info } = start({ maxMessages: 2, policy });
      system.send(pid, () => new Promise(() => undefined));
      await kit.settle(); // it is busy from now on
      const peers = ['one', 'two'].map(() => system.spawn(recorder, { log: [] }));
      for (const peer of peers) {
        system.send(peer, (self) => self.link(pid));
        kit.run();
        system.exit(peer, 'kill');
      }
      const sent = ['a', 'b', 'c'].map((name) => system.send(pid, note(name)));
      expect(sent).toEqual([true, true, policy === 'dropOldest']);
      expect(info()).toMatchObject({ depth: 4, dropped: 1 });
    }
  });

  test('keep their places when a message between them is dropped', async () => {
    const { kit, system, log, pid } = start({ maxMessages: 1, policy: 'dropOldest' });
    await system.suspend(pid);
    const dies = (): void => {
      const peer = system.spawn(recorder, { log: [] });
      system.send(peer, (self) => self.link(pid));
      kit.run();
      system.send(peer, (self) => self.stop('odd'));
      kit.run();
    };
    dies();
    dies();
    for (const name of ['a', 'b']) {
      system.send(pid, note(name));
      dies();
    }
    await system.resume(pid);
    kit.run();
    expect(log).toEqual(['EXIT odd', 'EXIT odd', 'EXIT odd', 'b', 'EXIT odd']);
  });
});

describe('calls with policy block', () => {
  test('wait for room in their order, while messages are rejected', async () => {
    const { kit, system, log, pid, info } = start({ maxMessages: 2, policy: 'block' });
    expect(['a', 'b', 'c'].map((name) => system.send(pid, note(name)))).toEqual([true, true, false]);
    const calls = ['1', '2', '3'].map((request) => system.call(pid, request));
    expect(info()).toMatchObject({ depth: 2, dropped: 1 });
    expect(system.send(pid, note('d'))).toBe(false);
    kit.run();
    expect(await Promise.all(calls)).toEqual(['1', '2', '3']);
    expect(log).toEqual(['a', 'b', 'call 1', 'call 2', 'call 3']);
    expect(system.send(pid, note('e'))).toBe(true);
  });

  test('give up at their timeout, and are then not handled', async () => {
    const { kit, system, log, pid } = start({ maxMessages: 1, policy: 'block' });
    await system.suspend(pid);
    system.send(pid, note('a'));
    const late = code(system.call(pid, 'late', 50));
    const patient = code(system.call(pid, 'patient', 500));
    kit.advance(100);
    expect(await late).toBe('timeout');
    await system.resume(pid);
    kit.run();
    expect(await patient).toBe('patient');
    expect(log).toEqual(['a', 'call patient']);
  });

  test('fail when the actor ends', async () => {
    const { system, pid } = start({ maxMessages: 1, policy: 'block' });
    const calls = [1, 2].map((n) => code(system.call(pid, n)));
    system.exit(pid, 'kill');
    expect(await Promise.all(calls)).toEqual(['exit', 'exit']);
  });

  test('wait for bytes too, the large one in front of the small ones behind it', async () => {
    const { kit, system, log, pid } = start({ maxBytes: 10, sizeOf, policy: 'block' });
    system.send(pid, note('first', 4));
    system.send(pid, note('second', 4));
    const calls = ['12345678', '1'].map((request) => system.call(pid, request));
    expect(system.send(pid, note('small', 1))).toBe(false);
    kit.run();
    await Promise.all(calls);
    expect(log).toEqual(['first', 'second', 'call 12345678', 'call 1']);
  });

  test('that timed out by the thousand never get in', async () => {
    const { kit, system, pid } = start({ maxMessages: 1, policy: 'block' });
    await system.suspend(pid);
    system.send(pid, note('a'));
    for (let i = 0; i < 10_000; i += 1) {
      void code(system.call(pid, i, 1));
      if (i % 50 === 0) kit.advance(2);
    }
    kit.advance(2);
    await system.resume(pid);
    kit.run();
    expect(system.info(pid)).toMatchObject({ depth: 0, received: 1, handled: 1 });
  });
});

test('random traffic through every policy is what a model says', () => {
  withSeed((random) => {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 200; round += 1) {
      const policy = pick(['reject', 'dropNewest', 'dropOldest', 'block'] as const);
      const maxMessages = 1 + Math.floor(random() * 5);
      const maxBytes = 1 + Math.floor(random() * 20);
      const { kit, system, log, pid, info } = start({ maxMessages, maxBytes, sizeOf, policy });
      let model: { name: string; bytes: number }[] = [];
      const handled: string[] = [];
      const total = (): number => model.reduce((sum, { bytes }) => sum + bytes, 0);
      for (let i = 0; i < 60; i += 1) {
        if (random() < 0.15) {
          kit.run();
          handled.push(...model.map(({ name }) => name));
          model = [];
          continue;
        }
        const one = { name: `m${i}`, bytes: Math.floor(random() * 8) };
        const taken = system.send(pid, note(one.name, one.bytes));
        const fits = (): boolean => model.length < maxMessages && total() + one.bytes <= maxBytes;
        if (policy === 'dropOldest' && one.bytes <= maxBytes) while (!fits()) model.shift();
        const fitted = fits();
        if (fitted) model.push(one);
        expect(taken).toBe(fitted || policy === 'dropNewest');
        expect(info()).toMatchObject({ depth: model.length, bytes: total() });
      }
      kit.run();
      expect(log).toEqual([...handled, ...model.map(({ name }) => name)]);
    }
  });
});
