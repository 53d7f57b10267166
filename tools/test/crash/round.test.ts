import { afterEach, describe, expect, test } from '@jest/globals';
import { Round } from '../../src/crash/round.js';
import type { RoundResult } from '../../src/crash/round.js';
import { drawScenario } from '../../src/crash/scenario.js';
import type { Rule } from '../../src/crash/violation.js';
import { describeViolations } from '../../src/crash/report.js';
import { PocketRouter } from './pocket-router.js';
import type { PocketFault } from './pocket-router.js';

const routers: PocketRouter[] = [];

afterEach(async () => {
  for (const router of routers.splice(0)) await router.dispose();
});

/** Faults that a kill would excuse: they are looked for in rounds without one. */
const withoutKills: readonly PocketFault[] = ['takes a resend twice'];

async function round(seed: number, fault?: PocketFault, messages = 2500): Promise<RoundResult> {
  const scenario = drawScenario(seed, { messages, startMs: 20 });
  const router = new PocketRouter(seed, fault);
  routers.push(router);
  const kills = fault !== undefined && withoutKills.includes(fault) ? [] : scenario.kills;
  const patienceMs = fault === undefined ? undefined : 20_000;
  return new Round({ ...scenario, kills, mailboxMessages: 0 }, router, patienceMs).run();
}

describe('a round against a router in memory', () => {
  test.each([1, 2, 3])(
    'finds nothing wrong with an honest router (seed %i)',
    async (seed) => {
      const { violations, sent, shown, kills } = await round(seed);
      expect(describeViolations(violations)).toEqual([]);
      expect(sent).toBe(2500);
      expect(shown).toBeGreaterThan(2000);
      expect(kills.length).toBeGreaterThan(3);
    },
    120_000,
  );

  const faults: readonly (readonly [PocketFault, readonly Rule[]])[] = [
    ['accepts before the flush', ['lost']],
    ['drops receipts', ['receipt-missing']],
    ['swaps two messages', ['order']],
    ['forgets an erasure in a crash', ['repeated']],
    ['loses a message in a crash', ['lost']],
    ['takes a resend twice', ['repeated']],
    ['rejects what it has taken', ['answer-wrong', 'answer-changed']],
    ['tells delivered when it hands out', ['receipt-false']],
    ['never tells read', ['receipt-missing']],
    ['gives the same origin to two clients', ['origin']],
  ];

  test.each(faults)(
    'finds a router that %s',
    async (fault, rules) => {
      const found = new Set<Rule>();
      for (let seed = 11; seed < 15 && !rules.some((rule) => found.has(rule)); seed++)
        for (const { rule } of (await round(seed, fault)).violations) found.add(rule);
      expect([...found]).toEqual(expect.arrayContaining([expect.stringMatching(rules.join('|'))]));
    },
    120_000,
  );
});
