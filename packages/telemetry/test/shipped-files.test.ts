import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { defaultRules } from '../src/alerts/default-rules.js';
import { busyTelemetry } from './metrics/telemetry-fixture.js';

const room = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(room, file), 'utf8');

const rules = read('prometheus/rules.yml');
const dashboard = JSON.parse(read('grafana/mailbeam.json')) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
};
const operations = read('../../docs/operations.md');
const whole = busyTelemetry();
afterAll(() => whole.close());

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const promtool = spawnSync('promtool', ['--version']).error === undefined;
if (!promtool) console.log('notice: no promtool here, its tests are skipped');
const testWithPromtool = promtool ? test : test.skip;

/** Names of series that a scrape has. */
async function series(): Promise<Set<string>> {
  const { text } = await whole.scrape(undefined);
  return new Set(text.split('\n').flatMap((line) => /^[a-z][a-z0-9_]*/.exec(line)?.[0] ?? []));
}

/** Names of series in a text that are ours. */
const seriesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\b(?:mailbeam|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name)),
];

const anchors = new Set([...operations.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.replaceAll('`', '')));

describe('the rules for Prometheus', () => {
  testWithPromtool.each([
    ['check', 'rules.yml'],
    ['test', 'rules.test.yml'],
  ])('pass promtool %s rules', (command, file) => {
    const cwd = join(room, 'prometheus');
    const { status, stdout, stderr } = spawnSync('promtool', [command, 'rules', file], { cwd, encoding: 'utf8' });
    expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' });
  });

  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name!);

  test.each(alerts)('%s has a case that fires', (name) => {
    expect(read('prometheus/rules.test.yml')).toMatch(new RegExp(`alertname: ${name}\n +exp_alerts:\n`));
  });

  test.each(alerts)('%s has its heading in the runbook', (name) => {
    const [, anchor] = new RegExp(`alert: ${name}\n[\\s\\S]*?runbook: docs/operations.md#(\\w+)`).exec(rules)!;
    expect(anchors).toContain(anchor);
    expect(operations).toContain(`\`${name}\``);
  });

  test('ask for series that there are', async () => {
    const there = await series();
    const names = seriesIn(rules).filter((name) => !/^mailbeam_(?:mailboxes|node)$/.test(name) || there.has(name));
    expect(names.filter((name) => !there.has(name))).toEqual([]);
  });
});

describe('the runbook', () => {
  test.each(defaultRules.map(({ name }) => name))('has a heading for the default rule %s', (name) => {
    expect(anchors).toContain(name);
  });

  test('names every metric of ours, and no other', async () => {
    const text = (await whole.scrape(undefined)).text;
    const metrics = [...text.matchAll(/^# TYPE (mailbeam_\w+)/gm)].map(([, name]) => name!);
    const named = seriesIn(operations).filter((name) => name.startsWith('mailbeam_'));
    expect(metrics.filter((name) => !named.includes(name))).toEqual([]);
    const there = await series();
    expect(named.filter((name) => !there.has(name) && !metrics.includes(name))).toEqual([]);
  });
});

describe('the dashboard', () => {
  test('asks for series that there are', async () => {
    const there = await series();
    const asked = [...dashboard.panels.flatMap(({ targets = [] }) => targets), ...dashboard.annotations.list];
    const names = seriesIn(asked.map(({ expr }) => expr).join('\n'));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !there.has(name))).toEqual([]);
  });

  test('has panels that do not cover one another, each with an id of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
