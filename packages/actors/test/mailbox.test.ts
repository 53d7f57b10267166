import { describe, expect, test } from '@jest/globals';
import { createSystem, shapeOf } from '../src/index.js';
import { Mailbox } from '../src/mailbox.js';
import { allowRestart } from '../src/restart-intensity.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder } from './recorder.js';
import { withSeed } from './random.js';

describe('a mailbox', () => {
  test('is first in, first out, with the tick of each message, through any number of blocks', () => {
    withSeed((random) => {
      for (let round = 0; round < 50; round += 1) {
        const mailbox = new Mailbox();
        const model: [number, number][] = [];
        for (let i = 0; i < 400; i += 1) {
          if (random() < 0.55) {
            mailbox.push(i, i * 2);
            model.push([i, i * 2]);
          } else if (model.length > 0) expect([mailbox.shift(), mailbox.shiftedAt]).toEqual(model.shift());
        }
        if (random() < 0.5) mailbox.release();
        else for (const one of model) expect([mailbox.shift(), mailbox.shiftedAt]).toEqual(one);
      }
    });
  });

  test('keeps nothing of a message that was taken', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(recorder, { log: [] });
    for (let i = 0; i < 1_000; i += 1) kit.system.send(pid, () => undefined);
    kit.run();
    const held = pid as unknown as { first: unknown; rest: unknown };
    expect([held.first, held.rest]).toEqual([undefined, null]);
  });
});

describe('the shape of a message', () => {
  const proxy = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('trap');
      },
    },
  );
  test.each([
    [
      { type: 'deliver', n: 1, body: new Uint8Array(3), list: [1, 2], deep: { alice: true }, none: null },
      '{ type: string(7), n: number, body: bytes(3), list: array(2), deep: object, none: null }',
    ],
    ['secret', 'string(6)'],
    [undefined, 'undefined'],
    [[1, 2], 'array(2)'],
    [{}, '{}'],
    [new Map([['alice', 1]]), 'collection(1)'],
    [
      {
        get secret() {
          throw new Error('read');
        },
      },
      '{ secret: getter }',
    ],
    [proxy, 'a message that cannot be shown'],
    [
      Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`k${i}`, i])),
      `{ ${Array.from({ length: 12 }, (_, i) => `k${i}: number`).join(', ')}, 2 more }`,
    ],
    [{ ['x'.repeat(40)]: 1 }, '{ 40 letters: number }'],
  ])('shows names, types and lengths, no values (%#)', (message, shape) => {
    expect(shapeOf(message)).toBe(shape);
  });
});

describe('the restart intensity', () => {
  test.each([
    [[], 0, false],
    [[], 1, true],
    [[100], 1, false],
    [[100, 150], 2, false],
    [[100, 950], 2, false],
    [[94, 950], 2, false],
    [[-1, 950], 2, true],
    [[-2, -1], 1, true],
  ])(
    'with restarts at %j and intensity %i in 1,000 ms: one more at 1,000 is allowed: %s',
    (restarts, intensity, allowed) => {
      const times = [...restarts];
      expect(allowRestart(times, 1_000, intensity, 1_000)).toBe(allowed);
      expect(times.length).toBeLessThanOrEqual(Math.max(intensity, restarts.length));
    },
  );
});

test('the restart intensity is the plain count of the last period, and forgets what is older', () => {
  withSeed((random) => {
    for (let round = 0; round < 100; round += 1) {
      const intensity = Math.floor(random() * 6);
      const times: number[] = [];
      let noted: number[] = [];
      let now = 0;
      for (let i = 0; i < 100; i += 1) {
        now += Math.floor(random() * 40);
        noted = noted.filter((time) => now - time <= 100);
        const allowed = noted.length < intensity;
        if (allowed) noted.push(now);
        expect(allowRestart(times, now, intensity, 100)).toBe(allowed);
        expect(times.length).toBeLessThanOrEqual(2 * intensity);
      }
    }
  });
});

describe('options', () => {
  test.each([
    [{ reductions: 3 }, 'reductions'],
    [{ turnBudgetMs: 0 }, 'turnBudgetMs'],
    [{ reductionsPerTurn: Number.NaN }, 'reductionsPerTurn'],
    [{ handlerTimeoutMs: 2 ** 31 }, 'handlerTimeoutMs'],
    [{ onCrash: 3 }, 'onCrash'],
  ])('that are wrong are refused by name (%#)', (options, key) => {
    expect(() => createSystem(options as never)).toThrow(key);
  });

  test('that are undefined are the defaults', () => {
    expect(() => createSystem({ turnBudgetMs: undefined } as never)).not.toThrow();
  });
});

describe('a pid', () => {
  test('shows its number and nothing of its actor, in text, JSON and logs', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(recorder, { log: ['secret'] });
    expect([String(pid), JSON.stringify(pid)]).toEqual([`<${pid.id}>`, `"<${pid.id}>"`]);
  });
});

describe('the test kit', () => {
  test('hands messages to a probe in order, and rejects when the system is quiet', async () => {
    const kit = createTestSystem();
    const probe = kit.probe<string>();
    kit.system.send(probe.pid, 'a');
    kit.system.sendAfter(10, probe.pid, 'b');
    expect(await probe.next()).toBe('a');
    await expect(probe.next()).rejects.toThrow('quiet');
    kit.advance(10);
    expect(await probe.next()).toBe('b');
  });

  test('says so when actors keep each other busy for ever', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(recorder, { log: [] });
    const again = (self: { pid: typeof pid; send(to: typeof pid, m: unknown): unknown }): void =>
      void self.send(self.pid, again);
    kit.system.send(pid, again);
    expect(() => kit.run(50)).toThrow('still busy');
  });
});
