import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseRules } from '@mailbeam/telemetry';
import { AlertSettingsFile } from '../../src/telemetry/alert-settings.js';
import type { AlertSettings } from '../../src/telemetry/alert-settings.js';

let data: string;
let errors: string[];

const file = (): AlertSettingsFile =>
  new AlertSettingsFile(data, { error: (_: unknown, text?: string) => void errors.push(text ?? '') } as never);
const nothing = { rules: null, silences: [] };
const settings: AlertSettings = {
  rules: parseRules([{ name: 'deep', warning: { depth: 5 }, critical: { depth: { above: 50, clear: 10 } } }]),
  silences: [
    {
      id: 'l3x-1',
      until: 1_800_000_000_000,
      rule: 'deep*',
      mailbox: 'ben',
      class: 'away',
      by: 'kim',
      comment: 'known',
    },
  ],
};

beforeEach(async () => {
  errors = [];
  data = await mkdtemp(join(tmpdir(), 'mailbeam-settings-'));
});

afterEach(async () => {
  await rm(data, { recursive: true });
});

test('what was written is read again, by its owner alone', async () => {
  expect(await file().write(settings)).toBe(true);
  expect(file().read()).toEqual(settings);
  expect((await stat(join(data, 'alerts.json'))).mode & 0o777).toBe(0o600);
  expect(errors).toEqual([]);
});

test('without a file there is nothing, and nothing wrong', () => {
  expect(file().read()).toEqual(nothing);
  expect(errors).toEqual([]);
});

test('of many writes the last one stays', async () => {
  const one = file();
  const all = Array.from({ length: 20 }, (_, i) => one.write({ rules: null, silences: [{ id: `s${i}`, until: 5 }] }));
  expect(await Promise.all(all)).not.toContain(false);
  expect(file().read().silences).toEqual([{ id: 's19', until: 5 }]);
});

test.each([
  ['no JSON', '{"format":1,"rul', /JSON/],
  ['empty', '', /JSON/],
  ['no object', 'null', /null/],
  ['of another format', '{"format":2,"rules":null,"silences":[]}', /format 2; this is format 1/],
  ['with a rule that is none', '{"format":1,"rules":[{"name":"deep"}],"silences":[]}', /0: needs `warning` or/],
  ['with a silence that is none', '{"format":1,"rules":null,"silences":[{"id":"x"}]}', /silences/],
  ['with something that is not known', '{"format":1,"rules":null,"silences":[],"sinks":1}', /sinks is not known/],
])('a file that is %s is told, set aside and left out', async (_, text, reason) => {
  await writeFile(join(data, 'alerts.json'), text);
  expect(file().read()).toEqual(nothing);
  expect(errors).toEqual([expect.stringMatching(reason)]);
  expect(errors[0]).toMatch(/the rules of the configuration are in force.*alerts\.json\.damaged$/);
  expect(await readFile(join(data, 'alerts.json.damaged'), 'utf8')).toBe(text);
  expect(file().read()).toEqual(nothing);
  expect(errors).toHaveLength(1);
});

test('a write that fails is told, and does not hold up the next', async () => {
  const one = new AlertSettingsFile(join(data, 'gone'), {
    error: (_: unknown, text?: string) => void errors.push(text ?? ''),
  } as never);
  expect(await one.write(settings)).toBe(false);
  expect(errors).toEqual([expect.stringMatching(/could not be written/)]);
  await one.settled();
});
