import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.js';
import { reportProfiles } from './profile-report.js';
import type { RowResult } from './row-result.js';
import type { Row, RowContext } from './row.js';
import { idle } from './rows/idle.js';
import { memory } from './rows/memory.js';
import { online, paced } from './rows/online.js';
import { storing, storingMillion } from './rows/storing.js';
import { checkout } from './server-under-test.js';
import { FULL, SHORT } from './sizes.js';
import { renderTable } from './table.js';
import { targets } from './targets.js';
import { verdicts } from './verdict.js';

const HELP = `Measures the router beside the bare server; prints a table and writes it as JSON.

  node benchmarks/dist/main.js [--short] [--rows ID,ID] [--pairs N] [--out FILE] [--profile DIR] [--strict]

  --short        every row in small: shows that it works, says nothing about speed
  --rows IDS     only these: ${ids().join(', ')}
  --pairs N      windows for each server, instead of ${FULL.pairs}
  --out FILE     the JSON; default benchmarks/results/latest.json, or partial.local.json when not all was run in full
  --profile DIR  CPU profiles of the router's processes, and the top functions of each row (distorts the figures)
  --strict       exit 1 when a target is missed

BENCH_DATA_ROOT names the disk for the data directories (default: the system's temporary directory).
`;

function allRows(): readonly Row[] {
  return [online, paced, storing, storingMillion, idle, memory];
}

function ids(): string[] {
  return allRows().flatMap((row) => row.ids);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      rows: { type: 'string' },
      pairs: { type: 'string' },
      out: { type: 'string' },
      profile: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const wanted = values.rows?.split(',') ?? ids();
  const unknown = wanted.filter((id) => !ids().includes(id));
  if (unknown.length > 0) throw new Error(`no such row: ${unknown.join(', ')}; there are ${ids().join(', ')}`);
  const base = values.short ? SHORT : FULL;
  const sizes = values.pairs === undefined ? base : { ...base, pairs: positive('--pairs', values.pairs) };
  const isWhole = !values.short && values.rows === undefined && values.pairs === undefined;
  if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });
  const machine = describeMachine();
  const results = await runRows(wanted, { sizes, say, profileDir: values.profile });
  process.stdout.write(`\n${renderTable(results, targets)}\n`);
  const out = values.out ?? join(checkout, 'benchmarks/results', isWhole ? 'latest.json' : 'partial.local.json');
  const judged = results.map((row) => ({ ...row, verdicts: verdicts(row, targets) }));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify({ machine, sizes, rows: judged }, null, 2)}\n`);
  process.stdout.write(`\nWritten to ${out}\n`);
  if (values.profile !== undefined) process.stdout.write(`\n${reportProfiles(values.profile)}\n`);
  return values.strict && judged.some((row) => row.verdicts.some(({ isMet }) => !isMet)) ? 1 : 0;
}

async function runRows(wanted: readonly string[], context: Omit<RowContext, 'earlier'>): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const row of allRows()) {
    if (!row.ids.some((id) => wanted.includes(id))) continue;
    const started = performance.now();
    context.say(`${row.ids.join(', ')} ...`);
    results.push(...(await row.run({ ...context, earlier: results })));
    context.say(`${row.ids.join(', ')}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  return results;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} takes a whole number from 1 up, not ${text}`);
  return value;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
