import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { countChildren, defineBehaviour, startChild, supervisor, type Pid } from '../src/index.js';
import { createTestSystem, type TestSystem } from '../src/test-kit.js';

const count = 1_000_000;
/** What may be left: noise of the host, the test runner's own (1.3 MB was seen); 4 bytes for each child, who takes over 100. */
const allowedBytes = 4 * count;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

interface Ends {
  told: number;
}

/** Has a state and a message that waits; one that traps is told of its end. */
const member = (traps: boolean, ends: Ends) =>
  defineBehaviour<number, { n: number }, 'wait'>({
    name: 'member',
    version: '1',
    init(n, self) {
      self.trapExit(traps);
      return { n };
    },
    handleMessage: () => undefined,
    terminate: () => void (ends.told += 1),
  });

test.each<[string, boolean, number, (kit: TestSystem, top: Pid) => void]>([
  ['whose supervisor is told to end', false, 0, ({ system }, top) => system.exit(top, 'shutdown')],
  ['that trap exits, whose supervisor is told to end', true, count, ({ system }, top) => system.exit(top, 'shutdown')],
  ['whose supervisor is killed', false, 0, ({ system }, top) => system.exit(top, 'kill')],
])(
  '1,000,000 children %s have all ended, and their memory is free',
  async (_how, traps, told, end) => {
    const kit = createTestSystem();
    const ends: Ends = { told: 0 };
    const spec = supervisor({
      strategy: 'simple_one_for_one',
      children: [{ id: 'member', behaviour: member(traps, ends) }],
    });
    kit.system.spawn(member(traps, ends), 0); // what is made once
    const before = heapBytes();
    const top = kit.system.spawn(spec, undefined);
    for (let n = 0; n < count; n += 1) kit.system.send(startChild<'wait'>(top, n), 'wait');
    expect(countChildren(top).active).toBe(count);
    expect(heapBytes() - before).toBeGreaterThan(count * 100);
    end(kit, top);
    await kit.settle();
    expect([kit.system.actorCount, kit.system.counters.ended]).toEqual([1, count + 1]);
    expect([ends.told, kit.system.isAlive(top), kit.crashes.length]).toEqual([told, false, 0]);
    expect([kit.system.runQueueLength, kit.system.nextTimerAt]).toEqual([0, Infinity]);
    expect(heapBytes() - before).toBeLessThan(allowedBytes);
  },
  60_000,
);
