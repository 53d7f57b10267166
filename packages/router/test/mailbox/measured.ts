import { Telemetry } from '@mailbeam/telemetry';
import type { NodeFigures, StatisticsOptions } from '@mailbeam/telemetry';
import type { TestNode } from '../../src/test-kit/test-node.js';

/** Has a node tell its telemetry what happens, in place of the one before. */
export function measure(node: TestNode, statistics: StatisticsOptions = {}): Telemetry {
  const telemetry = new Telemetry(
    {
      system: node.core.system,
      figures: (): NodeFigures => {
        throw new Error('nobody scrapes');
      },
      describe: () => ({ behaviour: '', version: '', lastLoad: null, doing: null }),
      sendersOf: () => [],
      lastLoad: () => null,
      switchedOff: () => [],
      classOf: () => 'system',
    },
    { now: node.clock.mono, key: Buffer.alloc(16, 7), rules: [], statistics },
  );
  node.core.measureWith(telemetry);
  return telemetry;
}
