import { describe, expect, test } from '@jest/globals';
import { defineBehaviour, defineStateMachine, supervisor, type Pid, type Self } from '../src/index.js';
import {
  createTestSystem,
  faultKinds,
  InjectedFault,
  tryFaults,
  tryInterleavings,
  type Fault,
  type TestSystem,
} from '../src/test-kit.js';
import { recorder } from './recorder.js';

/** Sends `n` numbered messages to a log, one at each message that it gets. */
const chatter = defineBehaviour<
  { name: string; to: Pid<string>; n: number },
  { name: string; to: Pid<string>; n: number },
  number
>({
  name: 'chatter',
  version: '1',
  init(arg, self) {
    self.send(self.pid, 1);
    return arg;
  },
  handleMessage(i, { name, to, n }, self) {
    self.send(to, `${name}${i}`);
    if (i < n) self.send(self.pid, i + 1);
  },
});

function chat(seed?: number, priority?: 'high'): string {
  const kit = createTestSystem(seed === undefined ? {} : { seed });
  const log = kit.probe<string>();
  for (const name of ['a', 'b', 'c'])
    kit.system.spawn(chatter, { name, to: log.pid, n: 5 }, name === 'c' && priority ? { priority } : {});
  kit.run();
  return log.messages.join(' ');
}

describe('a seeded scheduler', () => {
  test('takes the same order for the same seed, others for other seeds, and that of production without', () => {
    expect(chat(7)).toBe(chat(7));
    const orders = new Set(Array.from({ length: 50 }, (_, seed) => chat(seed)));
    expect(orders.size).toBeGreaterThan(40);
    expect(chat()).toBe(chat());
  });

  test('keeps the order from one actor to another', () => {
    for (let seed = 0; seed < 50; seed += 1)
      for (const name of ['a', 'b', 'c'])
        expect(
          chat(seed)
            .split(' ')
            .filter((one) => one.startsWith(name)),
        ).toEqual([1, 2, 3, 4, 5].map((i) => `${name}${i}`));
  });

  test('lets high go before normal, mostly', () => {
    const places = Array.from({ length: 50 }, (_, seed) => chat(seed, 'high').split(' ').indexOf('c5'));
    expect(places.filter((place) => place < 8).length).toBeGreaterThan(40);
    expect(Math.max(...places)).toBeGreaterThan(4);
  });

  test('refuses a seed that is none', () => {
    expect(() => createTestSystem({ seed: 0.5 })).toThrow('seed is 0.5, must be an integer');
  });
});

/** Keeps a number; says it, and takes another. */
const cell = defineBehaviour<number, { n: number }, number>({
  name: 'cell',
  version: '1',
  init: (n) => ({ n }),
  handleMessage: (n) => ({ n }),
  handleCall: (_request, { n }, self, from) => void self.reply(from, n),
});

/** Reads the cell and writes one more: wrong as soon as two of them do it at once. */
const adder = defineBehaviour<Pid<number>, Pid<number>, never>({
  name: 'adder',
  version: '1',
  init(to, self) {
    self.sendRequest(to, 'read');
    return to;
  },
  handleMessage: () => undefined,
  handleInfo(info, to, self) {
    if (info.type === 'REPLY' && info.ok) self.send(to, (info.reply as number) + 1);
  },
});

describe('tryInterleavings', () => {
  const race = (kit: TestSystem): Promise<void> => {
    const to = kit.system.spawn(cell, 0);
    for (let i = 0; i < 2; i += 1) {
      const starter = kit.system.spawn(recorder, { log: [] });
      kit.system.send(starter, (self: Self) => void self.spawn(adder, to));
    }
    kit.run();
    const n = kit.system.call(to, 'read');
    return kit.settle().then(async () => expect(await n).toBe(2));
  };

  test('finds the order in which a race goes wrong, names its seed, and replays it', async () => {
    const failure = await tryInterleavings(race, { seed: 1 }).catch((error: unknown) => error as Error);
    const [, run, seed] =
      /failed in run (\d+) of 100, to replay: \{ seed: (\d+), runs: 1 \}/.exec(String(failure)) ?? [];
    expect(Number(seed)).toBe(Number(run));
    expect((failure as Error).cause).toBeDefined();
    for (let i = 0; i < 3; i += 1)
      await expect(tryInterleavings(race, { seed: Number(seed), runs: 1 })).rejects.toThrow(`seed: ${seed}`);
  });

  test('tries as many orders as it should, each with a seed of its own, and random numbers for the body', async () => {
    const seeds: unknown[] = [];
    const numbers = new Set<number>();
    await tryInterleavings((kit, random) => (seeds.push(kit.seed), numbers.add(random())), { runs: 20, seed: 5 });
    expect(seeds).toEqual(Array.from({ length: 20 }, (_, i) => i + 5));
    expect(numbers.size).toBe(20);
    await expect(tryInterleavings(() => undefined, { runs: 0 })).rejects.toThrow('runs is 0');
  });
});

describe('a probe', () => {
  test('gives the message that matches, and keeps the others for later', async () => {
    const kit = createTestSystem();
    const probe = kit.probe<string>();
    for (const message of ['one', 'two', 'three']) kit.system.send(probe.pid, message);
    await expect(probe.next((message) => message.startsWith('t'))).resolves.toBe('two');
    await expect(probe.next()).resolves.toBe('one');
    await expect(probe.next()).resolves.toBe('three');
    await expect(probe.next(() => true)).rejects.toThrow('no further message that matches');
    kit.system.monitor(probe.pid, () => undefined);
    kit.system.exit(probe.pid, 'hello');
    await expect(probe.nextInfo((info) => info.type === 'EXIT')).resolves.toMatchObject({ reason: 'hello' });
    await expect(probe.nextInfo()).rejects.toThrow('no further info, and the system is quiet');
  });
});

/** Writes before, between and after its two deeds. */
const worker = defineBehaviour<
  { log: string[]; to: Pid<string> },
  { log: string[]; to: Pid<string>; done: number },
  string
>({
  name: 'worker',
  version: '1',
  init: ({ log, to }) => (log.push('init'), { log, to, done: 0 }),
  handleMessage(job, state, self) {
    state.log.push(`${job} begins`);
    self.send(state.to, `${job} 1`);
    self.send(state.to, `${job} 2`);
    state.log.push(`${job} ends`);
    return { ...state, done: state.done + 1 };
  },
  codeChange: (state) => ((state as { log: string[] }).log.push('swapped'), state as never),
});

describe('tryFaults', () => {
  async function runs(kind: Fault['kind']): Promise<string[]> {
    const seen: string[] = [];
    await tryFaults(
      async (kit, faults) => {
        const probe = kit.probe<string>();
        const log: string[] = [];
        kit.system.spawn(
          supervisor({
            strategy: 'one_for_one',
            children: [{ id: 'w', name: 'w', behaviour: faults.inject(worker), arg: { log, to: probe.pid } }],
          }),
          undefined,
        );
        kit.system.send('w', 'a');
        kit.run();
        kit.system.send('w', 'b');
        await kit.settle();
        seen.push(`${faults.happened} | ${log.join(', ')} | ${probe.messages.join(', ')}`);
        expect(
          kit.crashes.every(
            ({ reason }) => typeof reason === 'object' && 'error' in reason && reason.error instanceof InjectedFault,
          ),
        ).toBe(true);
      },
      { kinds: [kind] },
    );
    return seen;
  }
  const without = 'false | init, a begins, a ends, b begins, b ends | a 1, a 2, b 1, b 2';

  test.each<[Fault['kind'], string[]]>([
    [
      'crash_before',
      ['true | init, init, b begins, b ends | b 1, b 2', 'true | init, a begins, a ends, init | a 1, a 2', without],
    ],
    [
      'crash_in',
      [
        'true | init, a begins, init, b begins, b ends | a 1, b 1, b 2',
        'true | init, a begins, init, b begins, b ends | a 1, a 2, b 1, b 2',
        'true | init, a begins, a ends, b begins, init | a 1, a 2, b 1',
        'true | init, a begins, a ends, b begins, init | a 1, a 2, b 1, b 2',
        without,
      ],
    ],
    [
      'crash_after',
      [
        'true | init, a begins, a ends, init, b begins, b ends | a 1, a 2, b 1, b 2',
        'true | init, a begins, a ends, b begins, b ends, init | a 1, a 2, b 1, b 2',
        without,
      ],
    ],
    [
      'swap',
      [
        'true | init, swapped, a begins, a ends, b begins, b ends | a 1, a 2, b 1, b 2',
        'true | init, a begins, a ends, swapped, b begins, b ends | a 1, a 2, b 1, b 2',
        'true | init, a begins, a ends, b begins, b ends, swapped | a 1, a 2, b 1, b 2',
        without,
      ],
    ],
  ])('%s comes at every place, one a run, until a run has none', async (kind, expected) => {
    await expect(runs(kind)).resolves.toEqual(expected);
  });

  test('names the fault at which the body fails, and replays it', async () => {
    const seen: Fault[] = [];
    const body = async (kit: TestSystem, faults: Parameters<Parameters<typeof tryFaults>[0]>[1]): Promise<void> => {
      seen.push(faults.fault);
      const probe = kit.probe<string>();
      const pid = kit.system.spawn(faults.inject(worker), { log: [], to: probe.pid });
      kit.system.send(pid, 'a');
      await kit.settle();
      expect(probe.messages.length % 2).toBe(0); // both or none: not so when it crashes between them
    };
    await expect(tryFaults(body, { seed: 3 })).rejects.toThrow(
      "failed, to replay: { only: { kind: 'crash_in', at: 1 }, seed: 3 }",
    );
    seen.length = 0;
    await expect(tryFaults(body, { only: { kind: 'crash_in', at: 1 }, seed: 3 })).rejects.toThrow('failed, to replay');
    expect(seen).toEqual([{ kind: 'crash_in', at: 1 }]);
    await expect(tryFaults(() => Promise.reject(new Error('always')))).rejects.toThrow('failed, without a fault');
  });

  test('swaps to another version at each boundary, and fails if that version refuses', async () => {
    const second = { ...cell, version: '2' };
    const boundaries: string[] = [];
    await tryFaults(
      async (kit, faults) => {
        const pid = kit.system.spawn(faults.inject(cell, second), 1);
        kit.system.send(pid, 2);
        const n = kit.system.call(pid, 'read');
        await kit.settle();
        expect(await n).toBe(2);
        boundaries.push(kit.system.info(pid)?.version as string);
      },
      { kinds: ['swap'] },
    );
    expect(boundaries).toEqual(['2', '2', '2', '1']);
    const refuses = {
      ...cell,
      codeChange: () => {
        throw new Error('never seen such a state');
      },
    };
    await expect(
      tryFaults((kit, faults) => void kit.system.spawn(faults.inject(cell, refuses), 1), { kinds: ['swap'] }),
    ).rejects.toThrow('never seen such a state');
  });

  test('comes in async handlers, in calls and infos, and in state machines', async () => {
    const machine = defineStateMachine<void, null, string, 'a' | 'b'>({
      name: 'm',
      version: '1',
      init: () => ({ state: 'a', data: null }),
      states: {
        a: {
          handleMessage: async (message, _data, self) => {
            self.send(self.pid, 'more');
            await Promise.resolve();
            return message === 'go' ? { nextState: 'b' } : { actions: [{ type: 'postpone' }] };
          },
        },
        b: {
          handleMessage: () => ({
            actions: Array.from({ length: 20 }, () => ({ type: 'next_event', internal: 1 as never })),
          }),
          handleInternal: () => undefined,
          handleCall: (_request, _data, self, from) => void self.reply(from, 'b'),
        },
      },
    });
    let runs = 0;
    await tryFaults(async (kit, faults) => {
      runs += 1;
      const pid = kit.system.spawn(faults.inject(machine), undefined);
      kit.system.send(pid, 'early');
      kit.system.send(pid, 'go');
      await kit.settle();
      const answer = kit.system.call(pid, 'where').catch((error: { code: string }) => error.code);
      await kit.settle();
      const crashed = faults.happened && faults.fault.kind !== 'swap';
      expect(kit.crashes).toHaveLength(crashed ? 1 : 0);
      expect(['b', ...(crashed ? ['exit', 'noproc'] : [])]).toContain(await answer);
    });
    expect(runs).toBeGreaterThan(20);
  });

  test('refuses supervisors, unknown kinds and a body that never comes to rest', async () => {
    const top = supervisor({ strategy: 'one_for_one', children: [] });
    await expect(tryFaults((_kit, faults) => faults.inject(top))).rejects.toThrow(
      'cannot be injected into a supervisor',
    );
    await expect(tryFaults(() => undefined, { kinds: ['crash' as never] })).rejects.toThrow('no kind of fault crash');
    const once = async (kit: TestSystem, faults: Parameters<Parameters<typeof tryFaults>[0]>[1]): Promise<void> => {
      const pid = kit.system.spawn(faults.inject(cell), 1);
      for (let i = 0; i < 9; i += 1) kit.system.send(pid, i);
      await kit.settle();
    };
    await expect(tryFaults(once, { maxRuns: 5 })).rejects.toThrow('crash_before could still come after 5 runs');
    expect(faultKinds).toHaveLength(4);
  });
});
