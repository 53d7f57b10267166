import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { countChildren, defineBehaviour, startChild, supervisor, type Pid } from '../src/index.js';
import { createTestSystem, type TestSystem } from '../src/test-kit.js';

const count = 1_000_000;
/** What may be left: noise of the host; a byte for each child. */
const allowedBytes = count;
/** The same with fewer comes before: code that is compiled and profiled once is not what a child leaves behind. */
const warmUp = 20_000;

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
    const rise = (children: number): { kit: TestSystem; top: Pid; ends: Ends } => {
      const kit = createTestSystem();
      const ends: Ends = { told: 0 };
      const template = { id: 'member', behaviour: member(traps, ends) };
      kit.system.spawn(template.behaviour, 0); // stays
      const top = kit.system.spawn(supervisor({ strategy: 'simple_one_for_one', children: [template] }), undefined);
      for (let n = 0; n < children; n += 1) kit.system.send(startChild<'wait'>(top, n), 'wait');
      expect(countChildren(top).active).toBe(children);
      return { kit, top, ends };
    };
    const fall = async (kit: TestSystem, top: Pid): Promise<void> => {
      end(kit, top);
      await kit.settle();
    };
    const small = rise(warmUp);
    await fall(small.kit, small.top);
    const before = heapBytes();
    const { kit, top, ends } = rise(count);
    expect(heapBytes() - before).toBeGreaterThan(count * 100);
    await fall(kit, top);
    expect([kit.system.actorCount, kit.system.counters.ended]).toEqual([1, count + 1]);
    expect([ends.told, kit.system.isAlive(top), kit.crashes.length]).toEqual([told, false, 0]);
    expect([kit.system.runQueueLength, kit.system.nextTimerAt]).toEqual([0, Infinity]);
    expect(heapBytes() - before).toBeLessThan(allowedBytes);
  },
  60_000,
);
