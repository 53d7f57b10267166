import { rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { check } from '../../src/crash/checker.js';
import { keepLogs, readLogs } from '../../src/crash/keep-logs.js';
import { drawScenario } from '../../src/crash/scenario.js';
import { aliceSends } from './story.js';

test('kept logs are read back and give the same violations', async () => {
  const story = aliceSends(2).accepted('alice', 2);
  const facts = { kills: [{ n: 2, at: 5 }], allowedRejections: [], restN: 0 };
  const violations = check(story.logs, facts);
  const scenario = drawScenario(1, { messages: 10, startMs: 1 });
  const numbers = { sent: 2, shown: 0, writesElided: 0, ms: 1 };
  const dir = keepLogs({ scenario, violations, kills: [], logs: story.logs, facts, ...numbers }, 'router log');
  try {
    const kept = readLogs(dir);
    expect(kept.facts).toEqual(facts);
    expect(check(kept.logs, kept.facts)).toEqual(violations);
    expect(violations.map(({ rule }) => rule)).toEqual(['lost', 'lost']);
  } finally {
    await rm(dir, { recursive: true });
  }
});
