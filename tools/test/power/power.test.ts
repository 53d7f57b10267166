import { expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { makeMutant } from '../../src/mutant.js';
import { powerTest } from '../../src/power/power-test.js';
import { noStrace } from '../../src/power/traced-router.js';
import { plantedFaults } from './planted-faults.js';

const reason = noStrace();
if (reason !== undefined) console.log(`notice: the power cuts are skipped, ${reason}`);
const testTraced = reason === undefined ? test : test.skip;

testTraced(
  'six power cuts lose nothing that was accepted or acked',
  async () => {
    const seed = Date.now() % 1_000_000;
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const { failed } = await powerTest({
      ...{ moments: 6, seed, messages: 1_500, root: checkoutRoot, keepGoing: false, print },
    });
    if (failed.length > 0) throw new Error(`seed ${seed}\n${lines.join('\n')}\n${JSON.stringify(failed, null, 1)}`);
    expect(lines).toHaveLength(6);
  },
  180_000,
);

testTraced.each(plantedFaults)(
  'the power test finds a router that $name',
  async ({ file, find, replace }) => {
    const mutant = await makeMutant([{ file, find, replace }]);
    try {
      const { failed } = await powerTest({
        ...{ moments: 6, seed: 1, messages: 1_500, root: mutant.root, keepGoing: true, print: () => undefined },
      });
      const rules = failed.flatMap(({ violations }) => violations.map(({ rule }) => rule));
      expect(rules).toContain('lost');
    } finally {
      await mutant.dispose();
    }
  },
  180_000,
);
