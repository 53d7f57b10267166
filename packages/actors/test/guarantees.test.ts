import { expect, test } from '@jest/globals';
import { defineBehaviour, supervisor, type From, type Pid } from '../src/index.js';
import { tryFaults, tryInterleavings } from '../src/test-kit.js';
import { seed } from './random.js';

// What holds in every order of the actors and with a fault at every place.

interface Asked {
  readonly to: string;
  readonly log: string[];
  left: number;
}

/** Answers calls, half of them later, by a message to itself. */
const server = defineBehaviour<void, { kept: From[] }, 'answer'>({
  name: 'server',
  version: '1',
  init: () => ({ kept: [] }),
  handleMessage(_answer, { kept }, self) {
    self.reply(kept.shift() as From, 'later');
  },
  handleCall(request, { kept }, self, from) {
    if ((request as number) % 2 === 0) return void self.reply(from, 'at once');
    kept.push(from);
    self.send(self.pid, 'answer');
  },
});

/** Asks one request after the other, and watches the server of each. */
const client = defineBehaviour<Asked, Asked, 'ask'>({
  name: 'client',
  version: '1',
  init(asked, self) {
    self.send(self.pid, 'ask');
    return asked;
  },
  handleMessage(_ask, asked, self) {
    self.sendRequest(asked.to, asked.left, 1_000);
  },
  handleInfo(info, asked, self) {
    if (info.type !== 'REPLY') return;
    asked.log.push(info.ok ? String(info.reply) : 'failed');
    asked.left -= 1;
    if (asked.left > 0) self.send(self.pid, 'ask');
  },
});

test('each request has exactly one end, whatever happens to its server and when', async () => {
  for (let i = 0; i < 5; i += 1)
    await tryFaults(
      async (kit, faults) => {
        kit.system.spawn(
          supervisor({
            strategy: 'one_for_one',
            intensity: 5,
            children: [{ id: 'server', name: 'server', behaviour: faults.inject(server) }],
          }),
          undefined,
        );
        const logs = Array.from({ length: 3 }, (): string[] => []);
        for (const log of logs) kit.system.spawn(client, { to: 'server', log, left: 4 });
        await kit.advanceAsync(5_000);
        const failed = logs.flat().filter((end) => end === 'failed').length;
        expect(logs.map((log) => log.length)).toEqual([4, 4, 4]);
        const crashed = faults.happened && faults.fault.kind !== 'swap';
        expect(kit.crashes).toHaveLength(crashed ? 1 : 0);
        if (!crashed) expect(failed).toBe(0);
        expect(failed).toBeLessThanOrEqual(3); // one of each client at most was under way
        expect(kit.system.whereis('server')).toBeDefined();
      },
      { seed: seed + i },
    );
});

/** Sends to a watcher until it ends, by `steps` messages to itself. */
const teller = defineBehaviour<{ to: Pid<string>; steps: number }, { to: Pid<string>; steps: number }, number>({
  name: 'teller',
  version: '1',
  init(arg, self) {
    self.send(self.pid, 1);
    return arg;
  },
  handleMessage(step, { to, steps }, self) {
    self.send(to, `${self.id} ${step}`);
    if (step === steps) self.stop('shutdown');
    else self.send(self.pid, step + 1);
  },
});

test('in every order: what an actor sent arrives in its order, before its DOWN and the EXIT of its link, which come once', async () => {
  await tryInterleavings(
    async (kit, random) => {
      const heard: string[] = [];
      const watcher = kit.system.spawn(
        defineBehaviour<void, null, string>({
          name: 'watcher',
          version: '1',
          init(_arg, self) {
            self.trapExit(true);
            return null;
          },
          handleMessage: (message) => void heard.push(message),
          handleInfo: (info) =>
            void heard.push(
              `${info.type === 'EXIT' ? info.from?.id : info.type === 'DOWN' && info.pid?.id} ${info.type}`,
            ),
        }),
        undefined,
      );
      const tellers = Array.from({ length: 4 }, () => {
        const steps = 1 + Math.floor(random() * 5);
        const pid = kit.system.spawn(teller, { to: watcher, steps }, { link: watcher, monitor: watcher });
        return { id: pid.id, steps };
      });
      await kit.settle();
      for (const { id, steps } of tellers) {
        const own = heard.filter((line) => line.startsWith(`${id} `)).map((line) => line.slice(`${id} `.length));
        expect(own.slice(0, -2)).toEqual(Array.from({ length: steps }, (_, i) => String(i + 1)));
        expect(own.slice(-2).sort()).toEqual(['DOWN', 'EXIT']);
      }
      expect(kit.system.actorCount).toBe(1);
    },
    { runs: 200, seed },
  );
});
