import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.js';
import { chosen, positive, runCommand, say, writeReport } from './measuring-command.js';
import { reportProfiles } from './profile-report.js';
import type { RowResult } from './row-result.js';
import type { Row, RowContext } from './row.js';
import { idle } from './rows/idle.js';
import { memory } from './rows/memory.js';
import { online, paced } from './rows/online.js';
import { storing, storingMillion } from './rows/storing.js';
import { traces } from './rows/traces.js';
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
  return [online, paced, storing, storingMillion, idle, memory, traces];
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
  const rows = chosen('row', values.rows, allRows(), (row) => row.ids);
  const base = values.short ? SHORT : FULL;
  const sizes = values.pairs === undefined ? base : { ...base, pairs: positive('--pairs', values.pairs) };
  const isWhole = !values.short && values.rows === undefined && values.pairs === undefined;
  if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });
  const machine = describeMachine();
  const results = await runRows(rows, { sizes, say, profileDir: values.profile });
  process.stdout.write(`\n${renderTable(results, targets)}\n`);
  const judged = results.map((row) => ({ ...row, verdicts: verdicts(row, targets) }));
  writeReport(values.out, isWhole ? 'latest.json' : 'partial.local.json', { machine, sizes, rows: judged });
  if (values.profile !== undefined) process.stdout.write(`\n${reportProfiles(values.profile)}\n`);
  return values.strict && judged.some((row) => row.verdicts.some(({ isMet }) => !isMet)) ? 1 : 0;
}

async function runRows(rows: readonly Row[], context: Omit<RowContext, 'earlier'>): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const row of rows) {
    const started = performance.now();
    context.say(`${row.ids.join(', ')} ...`);
    results.push(...(await row.run({ ...context, earlier: results })));
    context.say(`${row.ids.join(', ')}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  return results;
}

runCommand(main);
