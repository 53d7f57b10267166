import { expect, test } from '@jest/globals';
import { RouterProcess } from '../../src/crash/router-process.js';
import { Round } from '../../src/crash/round.js';
import { drawScenario } from '../../src/crash/scenario.js';
import type { Rule } from '../../src/crash/violation.js';
import { makeMutant } from '../../src/mutant.js';
import { plantedFaults } from './planted-faults.js';

/** Rounds that a fault may take to be found. */
const rounds = 4;
/** A router without a fault needs far less for what is waited for in vain. */
const patienceMs = 20_000;

async function rulesBroken(root: string, seed: number): Promise<Rule[]> {
  const router = new RouterProcess({ root });
  try {
    const scenario = drawScenario(seed, { messages: 3000, startMs: 400 });
    const { violations } = await new Round({ ...scenario, mailboxMessages: 0 }, router, patienceMs).run();
    return violations.map(({ rule }) => rule);
  } finally {
    await router.dispose(false);
  }
}

// Each runs in processes of its own: two at a time (`maxConcurrency`).
test.concurrent.each(plantedFaults)(
  'the crash test finds a router that $name',
  async ({ foundBy, ...mutation }) => {
    const mutant = await makeMutant([mutation]);
    const found = new Set<Rule>();
    try {
      for (let seed = 1; seed <= rounds && !foundBy.some((rule) => found.has(rule)); seed++)
        for (const rule of await rulesBroken(mutant.root, seed)) found.add(rule);
    } finally {
      await mutant.dispose();
    }
    expect([...found]).toEqual(expect.arrayContaining([...foundBy]));
  },
  240_000,
);
