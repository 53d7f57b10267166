import { expect, test } from '@jest/globals';
import { drawScenario } from '../../src/crash/scenario.js';

const options = { messages: 20_000, startMs: 400 };

test('the same seed draws the same scenario, and another seed another', () => {
  expect(drawScenario(7, options)).toEqual(drawScenario(7, options));
  expect(drawScenario(7, options)).not.toEqual(drawScenario(8, options));
});

test('every role is there, and the users send as many messages as were asked for', () => {
  const { users } = drawScenario(1, options);
  expect(users.reduce((sum, { sends }) => sum + sends, 0)).toBe(20_000);
  expect(new Set(users.map(({ role }) => role)).size).toBe(9);
  expect(new Set(users.map(({ name }) => name)).size).toBe(users.length);
});

test('kills come in the order of the traffic, and over many seeds there is every kind of them', () => {
  const scenarios = Array.from({ length: 50 }, (_, seed) => drawScenario(seed, options));
  for (const { kills } of scenarios) {
    const at = kills.map(({ afterSends }) => afterSends);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at.length).toBeGreaterThanOrEqual(3);
  }
  const kills = scenarios.flatMap((scenario) => scenario.kills);
  expect(new Set(kills.map(({ victim }) => victim))).toEqual(new Set(['node', 'both', 'parent']));
  expect(kills.some(({ againMs }) => againMs.length > 0)).toBe(true);
  expect(scenarios.some(({ killFirstStartMs }) => killFirstStartMs >= 0)).toBe(true);
  expect(scenarios.some(({ mailboxMessages }) => mailboxMessages > 0)).toBe(true);
});
