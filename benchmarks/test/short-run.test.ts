import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { actorRows } from '../src/actors/actor-rows.js';

const run = promisify(execFile);
const dist = join(import.meta.dirname, '../dist');
const LIMIT_MS = 180_000;

test(
  'every row runs in small against a real router and a real bare server, loses nothing and has its place in the JSON',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mailbeam-bench-test-'));
    try {
      const out = join(dir, 'short.json');
      const { stdout } = await run(process.execPath, [join(dist, 'main.js'), '--short', '--out', out], {
        timeout: LIMIT_MS,
      });
      const report = JSON.parse(readFileSync(out, 'utf8')) as {
        machine: { node: string };
        rows: { id: string; figures: Record<string, number>; verdicts: unknown[] }[];
      };
      expect(report.machine.node).toBe(process.version);
      expect(report.rows.map(({ id }) => id)).toEqual([
        'online',
        'paced',
        'store',
        'drain',
        'drain-senders-away',
        'store-million',
        'idle',
        'memory-few',
        'memory-many',
        'traces',
      ]);
      expect(report.rows.every(({ figures }) => Object.keys(figures).length > 0)).toBe(true);
      expect(stdout).toContain('online, window 32');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  LIMIT_MS,
);

test(
  'the micro-benchmarks run',
  async () => {
    const { stdout } = await run(process.execPath, [join(dist, 'micro/main.js'), '--short'], { timeout: LIMIT_MS });
    expect(stdout.split('\n').filter((line) => /codec|actors|store/.test(line))).toHaveLength(6);
  },
  LIMIT_MS,
);

test(
  'the actor benchmarks run in small, on each side that is installed, and have their places in the table and the JSON',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mailbeam-bench-test-'));
    try {
      const out = join(dir, 'actors.json');
      const { stdout } = await run(process.execPath, [join(dist, 'actors/main.js'), '--short', '--out', out], {
        timeout: LIMIT_MS,
      });
      const report = JSON.parse(readFileSync(out, 'utf8')) as {
        versions: Record<string, string>;
        rows: { id: string; sides: Record<string, { median: number }>; ratios: Record<string, number> }[];
      };
      expect(report.rows.map(({ id }) => id)).toEqual(actorRows.map(({ id }) => id));
      expect(report.versions).toMatchObject({ mailbeam: `Node ${process.version}`, nact: expect.any(String) });
      for (const { sides, ratios } of report.rows) {
        expect(sides['mailbeam']?.median).toBeGreaterThan(0);
        if (report.versions['erlang'] !== undefined) expect(ratios['erlang']).toBeGreaterThan(0);
      }
      expect(stdout).toContain('ping-pong, round trip');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  LIMIT_MS,
);

test(
  'the cost of telemetry is measured in small, pair by pair, and nothing is lost with it switched on and off',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mailbeam-bench-test-'));
    try {
      const out = join(dir, 'telemetry.json');
      const args = ['--short', '--pairs', '4', '--out', out];
      const { stdout } = await run(process.execPath, [join(dist, 'telemetry/main.js'), ...args], { timeout: LIMIT_MS });
      const { pairs } = JSON.parse(readFileSync(out, 'utf8')) as { pairs: { off: number; on: number }[] };
      expect(pairs).toHaveLength(4);
      expect(pairs.every(({ off, on }) => off > 0 && on > 0)).toBe(true);
      expect(stdout).toContain('95 % interval of the median');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  LIMIT_MS,
);

test('an actor row or side that does not exist is refused by name', async () => {
  const refused = (...args: string[]) => run(process.execPath, [join(dist, 'actors/main.js'), ...args]);
  await expect(refused('--rows', 'pingpong')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no such row: pingpong; there are ping-pong'),
  });
  await expect(refused('--sides', 'akka')).rejects.toMatchObject({
    stderr: expect.stringContaining('no such side: akka; there are mailbeam, erlang, nact'),
  });
});

test('a row that does not exist is refused by name', async () => {
  const failed = run(process.execPath, [join(dist, 'main.js'), '--rows', 'onlime']);
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no such row: onlime; there are online'),
  });
});
