import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeMutant } from '../../src/mutant.js';
import type { Mutation } from '../../src/mutant.js';
import { faults, rulesTakenOut } from './planted-faults.js';

// Each runs in a process of its own: two at a time (`maxConcurrency`).

/** Runs that a fault may take to be found: the rarest known one needs a few thousand. */
const RUNS = '60000';

interface Checked {
  readonly code: number;
  readonly text: string;
}

async function modelCheck(mutations: readonly Mutation[], ...args: string[]): Promise<Checked> {
  const mutant = await makeMutant(mutations);
  try {
    return await new Promise((resolve) => {
      const main = join(mutant.root, 'tools/dist/model/main.js');
      execFile(process.execPath, [main, ...args], { timeout: 100_000 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: stdout + stderr });
      });
    });
  } finally {
    await mutant.dispose();
  }
}

test('the model checker finds nothing wrong with the router as it is', async () => {
  const { code, text } = await modelCheck([], '--runs', '5000');
  expect(text).toContain('every promise was kept');
  expect(code).toBe(0);
}, 60_000);

describe.each([
  { what: 'a rule of delivery that was taken out', planted: rulesTakenOut },
  { what: 'a planted fault', planted: faults },
])('the model checker finds $what:', ({ planted }) => {
  test.concurrent.each(planted)(
    '$name',
    async ({ mutations, seed = 1 }) => {
      const { code, text } = await modelCheck(mutations, '--runs', RUNS, '--users', '2', '--seed', String(seed));
      expect(text).toMatch(/^run \d+, seed \d+: /);
      expect(code).toBe(1);
    },
    120_000,
  );
});
